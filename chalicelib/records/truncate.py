"""Deleting every record of a collection."""

from collections.abc import Iterator, Sequence

from chalicelib.errors import BadRequest
from chalicelib.records.cascade import RequiredReference, plan_removal
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import problems_of
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import problems_to_json
from chalicelib.storage.edges import count_edges
from chalicelib.storage.engine import TRANSACTION_MAX
from chalicelib.storage.failures import NotUnique
from chalicelib.storage.transactions import Change, Update, write_together

FAILED = "Failed to truncate collection (most likely due to required cascade delete record references)."


@refusals_as_answers()
def truncate(collection: Collection) -> None:
    """Delete all records, and with them or from them whatever refers to them.

    Decided as a whole before anything is written; written in several transactions when one cannot hold it.
    """
    if collection.name == "_superusers":  # the last one cannot be deleted
        raise BadRequest(FAILED)
    start_over_on_conflict(lambda: _truncate(collection))


def _truncate(collection: Collection) -> None:
    related = RelatedRecords()
    try:
        for changes in _portions(plan_removal(related.everything(collection), related)):
            write_together(changes)
    except RequiredReference as error:
        raise BadRequest(FAILED) from error
    except NotUnique as taken:
        raise BadRequest(FAILED, problems_to_json(problems_of(taken))) from taken


def _portions(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """The changes, as many at a time as surely fit into a transaction."""
    portion: list[Change] = []
    room = TRANSACTION_MAX
    for change in changes:
        size = _most_items(change)
        if size > room:
            yield portion
            portion, room = [], TRANSACTION_MAX
        portion.append(change)
        room -= size
    if portion:
        yield portion


def _most_items(change: Change) -> int:
    """How many items a change writes at most: the record, and unique values and edges, old and new."""
    records = (change.before, change.after) if isinstance(change, Update) else (change.record,)
    return 1 + sum(len(each.collection.unique_indexes) + count_edges(each) for each in records)
