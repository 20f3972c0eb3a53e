"""Pages with totals: counted while that is cheap, else known from the collection's counters, or left out."""

from collections.abc import Iterator

from chalicelib.paging import Page, PageRequest, take_page
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.counters import find_total
from chalicelib.storage.records import count_all

# Collections of up to so many records are counted whenever it is asked how many they are: a total of these
# is never behind.
SMALL = 200


def take_page_of_all(
    found: Iterator[Record], wanted: PageRequest, collection: Collection, budget: Budget
) -> Page:
    """A page of a whole collection. When there is more, how much is not found out by reading it."""
    counted = _Counted(found)
    page = take_page(counted, PageRequest(wanted.page, wanted.per_page, skip_total=True))
    if wanted.skip_total:
        return page
    try:
        is_last = next(counted, None) is None
        return page.with_total(counted.count if is_last else _total_of(collection, counted.count, budget))
    except BudgetExceeded:
        return page


def take_page_and_count(found: Iterator[Record], wanted: PageRequest) -> Page:
    """The page; and how many there are in all, unless counting them would go beyond the budget."""
    counted = _Counted(found)
    page = take_page(counted, PageRequest(wanted.page, wanted.per_page, skip_total=True))
    if wanted.skip_total:
        return page
    try:
        for _ in counted:
            pass
    except BudgetExceeded:
        return page
    return page.with_total(counted.count)


def _total_of(collection: Collection, seen: int, budget: Budget) -> int:
    """How many records a collection has, of which so many were just seen."""
    heard = find_total(collection.space) or 0
    return heard if heard > max(SMALL, seen) else count_all(collection, budget)


class _Counted:
    """An iterator that knows how many it has given."""

    def __init__(self, stream: Iterator[Record]) -> None:
        self._stream = stream
        self.count = 0

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        record = next(self._stream)
        self.count += 1
        return record
