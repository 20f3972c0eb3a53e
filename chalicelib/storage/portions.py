"""Many changes as several transactions, each as large as surely fits."""

from collections.abc import Iterable, Iterator

from chalicelib.schema.record import Record
from chalicelib.storage.edges import count_edges
from chalicelib.storage.engine import TRANSACTION_LARGEST, TRANSACTION_MAX
from chalicelib.storage.items import size_of
from chalicelib.storage.record_items import item_of
from chalicelib.storage.transactions import Change, Update

# A claim or an edge is little more than its key, which has at most 3 KB, and an edge's key in the index.
LARGEST_SMALL = 4096


def in_portions(changes: Iterable[Change], beside: int = 0) -> Iterator[list[Change]]:
    """The changes, as many at a time as a transaction can hold with so many other small items."""
    most, largest = TRANSACTION_MAX - beside, TRANSACTION_LARGEST - beside * LARGEST_SMALL
    portion: list[Change] = []
    items = size = 0
    for change in changes:
        small = _most_claims(change) + _most_edges(change)
        more = size_of(item_of(_record(change)).to_attributes()) + small * LARGEST_SMALL
        if portion and (items + 1 + small > most or size + more > largest):
            yield portion
            portion, items, size = [], 0, 0
        portion.append(change)
        items, size = items + 1 + small, size + more
    if portion:
        yield portion


def _record(change: Change) -> Record:
    return change.after if isinstance(change, Update) else change.record


def _most_claims(change: Change) -> int:
    """How many unique values a change takes and gives up at most."""
    return len(_record(change).collection.unique_indexes) * (2 if isinstance(change, Update) else 1)


def _most_edges(change: Change) -> int:
    """How many edges a change writes and removes at most."""
    sides = (change.before, change.after) if isinstance(change, Update) else (change.record,)
    return sum(count_edges(each) for each in sides)
