"""Deleting a record."""

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from itertools import islice

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest
from chalicelib.files.keeping import write_with_files
from chalicelib.filters import WHOLE
from chalicelib.records.access import open_collection, require_allowed
from chalicelib.records.cascade import PastTransaction, RequiredReference, plan_removal
from chalicelib.records.decided import take_up
from chalicelib.records.reach import may_be_refused
from chalicelib.records.refusals import over_budget, refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.removal_task import go_on_at_once, new_removal_task
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import problems_of
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.budget import BudgetExceeded
from chalicelib.storage.claims import Planned
from chalicelib.storage.due_tasks import DueTask, task_write
from chalicelib.storage.engine import TRANSACTION_MAX
from chalicelib.storage.failures import Conflict, NotUnique, TooManyItems
from chalicelib.storage.records import read
from chalicelib.storage.transactions import Change, Delete, Update, refuse_taken

FAILED = "Failed to delete record. Make sure that the record is not part of a required relation reference."
LAST_SUPERUSER = "You can't delete the only existing superuser."
UNDECIDED = "Delete some of those that refer to it first,"


@refusals_as_answers()
def delete_record(name: str, record_id: str, request: RequestInfo) -> None:
    """Delete a record, and with it or from it whatever refers to it.

    All of it or nothing. More than a transaction holds: the record at once, the rest after it, by a task.
    """
    catalog = get_catalog_with(name)
    collection = open_collection(catalog, name, "delete", request)
    task = start_over_on_conflict(lambda: _delete(collection, record_id, request, RelatedRecords(catalog)))
    if task:
        go_on_at_once(task)


def decide_delete(name: str, record_id: str, request: RequestInfo, related: RelatedRecords) -> None:
    """Take up the removal that the request is for, and all that follows. Raises BadRequest."""
    collection = open_collection(related.catalog, name, "delete", request)
    record = require_allowed(related.find(collection, record_id), "delete", request, related)
    with _refusals():
        try:
            take_up(_plan(record, related, TRANSACTION_MAX), related)
        except PastTransaction as error:
            raise TooManyItems from error


def _delete(
    collection: Collection, record_id: str, request: RequestInfo, related: RelatedRecords
) -> DueTask | None:
    record = require_allowed(related.find(collection, record_id), "delete", request, related)
    with _refusals():
        return _remove(record, related)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except RequiredReference as error:
        raise BadRequest(FAILED) from error
    except NotUnique as taken:
        raise BadRequest(FAILED, problems_to_json(problems_of(taken))) from taken
    except BudgetExceeded as error:
        raise BadRequest(over_budget(error.limit, UNDECIDED)) from error


def _plan(record: Record, related: RelatedRecords, most: int | None) -> list[Change]:
    changes = plan_removal([record], related, most)
    return [*changes, *remaining_superuser(changes, related)]


def _remove(record: Record, related: RelatedRecords) -> DueTask | None:
    """Remove it and all that follows; or, where nothing can refuse it any more, it alone: a task is left."""
    changes: list[Change] = []
    is_open = may_be_refused(record.collection, related.catalog)
    try:
        changes = _plan(record, related, None if is_open else TRANSACTION_MAX)
        write_with_files(changes)
    except TooManyItems:
        if any(each.is_superuser for each in _removed(changes) if each != record):
            raise
        refuse_taken(changes)
    except (PastTransaction, BudgetExceeded):
        if is_open:
            raise
    else:
        return None
    return _remove_alone(record, related)


def _remove_alone(record: Record, related: RelatedRecords) -> DueTask:
    """Remove a record, and in the same transaction keep what is left to do."""
    task = new_removal_task([record])
    changes: list[Change] = [Delete(record)]
    changes += remaining_superuser(changes, related)
    write_with_files(changes, [Planned(task_write(task), Conflict(task.name))])
    return task


def _removed(changes: Sequence[Change]) -> list[Record]:
    return [change.record for change in changes if isinstance(change, Delete)]


def remaining_superuser(changes: Sequence[Change], related: RelatedRecords) -> Sequence[Change]:
    """Another superuser, written unchanged: of two who delete each other at once, one starts over."""
    kept = [change for change in changes if isinstance(change, Update) and change.after.is_superuser]
    gone = [each for each in _removed(changes) if each.is_superuser]
    if kept or not gone:
        return []
    other = _find_other(gone[0].collection, {each.id for each in gone}, related)
    if other is None:
        raise BadRequest(LAST_SUPERUSER)
    return [Update(other, other)]


def _find_other(collection: Collection, gone: Set[str], related: RelatedRecords) -> Record | None:
    """A record of the collection that stays."""
    changed = related.pending.changed(collection)
    most = len(gone) + len(changed) + 1
    stored = islice(read(collection, WHOLE, related.budget, most), most)
    known: dict[str, Record | None] = {**{each.id: each for each in stored}, **changed}
    return next((each for record_id, each in known.items() if each and record_id not in gone), None)
