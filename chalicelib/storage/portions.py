"""Many changes as several transactions, each as large as surely fits."""

from collections.abc import Iterable, Iterator

from chalicelib.schema.record import Record
from chalicelib.storage.engine import TRANSACTION_LARGEST, TRANSACTION_MAX
from chalicelib.storage.items import size_of
from chalicelib.storage.records import item_of
from chalicelib.storage.transactions import Change, Update

# A claim is little more than its key, which has at most 2 KB.
LARGEST_CLAIM = 4096


def in_portions(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """The changes, as many at a time as a transaction can hold."""
    portion: list[Change] = []
    items = size = 0
    for change in changes:
        claims = _most_claims(change)
        more = size_of(item_of(_record(change)).to_attributes()) + claims * LARGEST_CLAIM
        if portion and (items + 1 + claims > TRANSACTION_MAX or size + more > TRANSACTION_LARGEST):
            yield portion
            portion, items, size = [], 0, 0
        portion.append(change)
        items, size = items + 1 + claims, size + more
    if portion:
        yield portion


def _record(change: Change) -> Record:
    return change.after if isinstance(change, Update) else change.record


def _most_claims(change: Change) -> int:
    """How many unique values a change takes and gives up at most."""
    return len(_record(change).collection.unique_indexes) * (2 if isinstance(change, Update) else 1)
