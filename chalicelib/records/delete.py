"""Deleting a record."""

from itertools import islice

from chalicelib.collections.load import get_catalog
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
from chalicelib.storage.transactions import Update, write_together

FAILED = "Failed to delete record. Make sure that the record is not part of a required relation reference."
LAST_SUPERUSER = "You can't delete the only existing superuser."


@refusals_as_answers()
def delete_record(name: str, record_id: str, request: RequestInfo) -> None:
    """Delete a record, and with it or from it whatever refers to it: all or nothing."""
    catalog = get_catalog()
    collection = open_collection(catalog, name, "delete", request)
    start_over_on_conflict(lambda: _delete(collection, record_id, request, RelatedRecords(catalog)))


def _delete(collection: Collection, record_id: str, request: RequestInfo, related: RelatedRecords) -> None:
    record = require_allowed(find_record(collection, record_id), "delete", request, related)
    remaining = _remaining_superuser(record, related) if record.is_superuser else []
    try:
        write_together([*plan_removal([record], related), *remaining])
    except RequiredReference as error:
        raise BadRequest(FAILED) from error
    except NotUnique as taken:
        raise BadRequest(FAILED, problems_to_json(problems_of(taken))) from taken


def _remaining_superuser(record: Record, related: RelatedRecords) -> list[Update]:
    """Another superuser, written unchanged: of two who delete each other at once, one starts over."""
    superusers = islice(read(record.collection, WHOLE, related.budget, first=2), 2)
    others = [each for each in superusers if each.id != record.id]
    if not others:
        raise BadRequest(LAST_SUPERUSER)
    return [Update(others[0], others[0])]
