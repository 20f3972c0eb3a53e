"""Deleting every record of a collection."""

from collections.abc import Sequence

from chalicelib.errors import BadRequest
from chalicelib.files.keeping import write_with_files
from chalicelib.records.cascade import RequiredReference, plan_removal
from chalicelib.records.delete import remaining_superuser
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import problems_of
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import problems_to_json
from chalicelib.storage.budget import BudgetExceeded
from chalicelib.storage.failures import NotUnique
from chalicelib.storage.portions import in_portions
from chalicelib.storage.transactions import Change, Delete

FAILED = "Failed to truncate collection (most likely due to required cascade delete record references)."
NOT_A_VIEW = "View collections cannot be truncated since they don't store their own records."
TOO_MANY = (
    "Truncating would examine more than {} records, those that refer to them included. "
    "Delete the collection and make it again, or some of its records first, or raise QUOLL_QUERY_BUDGET"
)


@refusals_as_answers()
def truncate(collection: Collection) -> None:
    """Delete all records, and with them or from them whatever refers to them.

    Decided as a whole, within the query budget, before anything is written. Written in several transactions
    when one cannot hold it: who refers to a record goes, or loses the id, before the record does.
    """
    if collection.type == "view":
        raise BadRequest(NOT_A_VIEW)
    if collection.name == "_superusers":  # the last one cannot be deleted
        raise BadRequest(FAILED)
    start_over_on_conflict(lambda: _truncate(collection))


def _truncate(collection: Collection) -> None:
    related = RelatedRecords()
    try:
        planned = plan_removal(related.everything(collection), related)
        kept = _kept_superuser(planned, related)
        for changes in in_portions([*_updates(planned), *reversed(_deletes(planned))], len(kept)):
            is_needed = any(each.record.is_superuser for each in _deletes(changes))
            write_with_files([*changes, *(kept if is_needed else ())])
    except BudgetExceeded as error:
        raise BadRequest(TOO_MANY.format(error.limit)) from error
    except RequiredReference as error:
        raise BadRequest(FAILED) from error
    except NotUnique as taken:
        raise BadRequest(FAILED, problems_to_json(problems_of(taken))) from taken


def _kept_superuser(planned: Sequence[Change], related: RelatedRecords) -> Sequence[Change]:
    """A superuser who stays, to be written with those who go. Raises BadRequest when there is none."""
    try:
        return remaining_superuser(planned, related)
    except BadRequest as last:
        raise BadRequest(FAILED) from last


def _updates(planned: Sequence[Change]) -> list[Change]:
    return [change for change in planned if not isinstance(change, Delete)]


def _deletes(planned: Sequence[Change]) -> list[Delete]:
    return [change for change in planned if isinstance(change, Delete)]
