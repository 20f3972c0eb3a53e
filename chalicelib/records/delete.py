"""Deleting a record."""

from collections.abc import Sequence

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest
from chalicelib.records.access import open_collection, require_allowed
from chalicelib.records.cascade import RequiredReference, plan_removal
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import WHOLE, RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import problems_of
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.failures import NotUnique
from chalicelib.storage.records import find_record, read
from chalicelib.storage.transactions import Change, Delete, Update, write_together

FAILED = "Failed to delete record. Make sure that the record is not part of a required relation reference."
LAST_SUPERUSER = "You can't delete the only existing superuser."


@refusals_as_answers()
def delete_record(name: str, record_id: str, request: RequestInfo) -> None:
    """Delete a record, and with it or from it whatever refers to it: all or nothing."""
    catalog = get_catalog_with(name)
    collection = open_collection(catalog, name, "delete", request)
    start_over_on_conflict(lambda: _delete(collection, record_id, request, RelatedRecords(catalog)))


def _delete(collection: Collection, record_id: str, request: RequestInfo, related: RelatedRecords) -> None:
    record = require_allowed(find_record(collection, record_id), "delete", request, related)
    try:
        changes = plan_removal([record], related)
        if record.is_superuser:
            changes += _remaining_superuser(changes, record, related)
        write_together(changes)
    except RequiredReference as error:
        raise BadRequest(FAILED) from error
    except NotUnique as taken:
        raise BadRequest(FAILED, problems_to_json(problems_of(taken))) from taken


def _remaining_superuser(
    changes: Sequence[Change], record: Record, related: RelatedRecords
) -> Sequence[Change]:
    """Another superuser, written unchanged: of two who delete each other at once, one starts over."""
    kept = [change for change in changes if isinstance(change, Update) and change.after.is_superuser]
    if kept:
        return []
    gone = {change.record.id for change in changes if isinstance(change, Delete)}
    superusers = read(record.collection, WHOLE, related.budget, first=2)
    other = next((each for each in superusers if each.id not in gone), None)
    if other is None:
        raise BadRequest(LAST_SUPERUSER)
    return [Update(other, other)]
