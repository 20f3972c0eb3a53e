"""Puts totals right that the stream has left wrong.

While records come and go a count is always a little behind, so one difference proves nothing:
`reconcile_totals` believes a difference that it meets twice in a row, some time apart, and adds it. What is
heard of meanwhile counts as well.
"""

from chalicelib.collections.load import get_catalog
from chalicelib.schema.collection import Collection
from chalicelib.storage.counters import correct_total, find_difference, find_total, save_difference
from chalicelib.storage.records import count_all


def reconcile_totals() -> dict[str, int]:
    """Look at every collection; by how much which total was corrected. To be run every hour or so."""
    corrected = {collection.name: _reconcile(collection) for collection in get_catalog()}
    return {name: amount for name, amount in corrected.items() if amount}


def recount_totals() -> None:
    """Put all totals right at once: only for when nobody writes."""
    for collection in get_catalog():
        if difference := _difference(collection):
            correct_total(collection.space, difference)


def _reconcile(collection: Collection) -> int:
    difference, before = _difference(collection), find_difference(collection.space)
    is_sure = difference != 0 and difference == before
    if is_sure:
        correct_total(collection.space, difference)
    if is_sure or difference != before:
        save_difference(collection.space, 0 if is_sure else difference)
    return difference if is_sure else 0


def _difference(collection: Collection) -> int:
    """How many more records there are than were heard of."""
    return count_all(collection) - (find_total(collection.space) or 0)
