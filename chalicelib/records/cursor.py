"""Reading a list by cursor: each page goes on where the last one ended, at the same cost however deep.

A cursor is the place where a page ended, sealed: it tells the client nothing and is good for the same
caller, collection, filter, sort and way of reading only. Whatever is added or removed meanwhile, no record
comes twice and none is left out that was there all the time and stayed in its place.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

from chalicelib.errors import BadRequest
from chalicelib.filters import ById, ByUnique, Place, Plan, matching
from chalicelib.frozen import dataclass
from chalicelib.paging import Page, PageRequest
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.security.sealed import LONGEST, seal, unseal
from chalicelib.storage.budget import BudgetExceeded
from chalicelib.storage.places import name_access, place_of
from chalicelib.storage.records import read
from chalicelib.storage.settings import keep_cursor_secret

NOT_IN_ORDER = (
    "A list can be read by cursor only when an index gives its order: leave out the sort, sort by @rowid, "
    "or declare an index that begins with the columns of the filter and goes on with those of the sort"
)
NOT_OURS = (
    "The cursor is not valid here: it is of another collection, filter, sort or caller, or an index was "
    "added meanwhile. Start again with an empty cursor"
)
TOO_LONG = "The page ends at a value that is too long for a cursor: choose another perPage, or another sort"
NO_PAGE = "A cursor goes on where the last page ended: leave out page"


@dataclass(frozen=True)
class Reading:
    """A list that is read by cursor: how, by whom, with which texts; `first` is how many to ask for first."""

    collection: Collection
    plan: Plan
    wanted: PageRequest
    asker: Record | None
    first: int | None = None

    @property
    def bound(self) -> tuple[str, ...]:
        """What its cursors are good for."""
        who = (self.asker.collection.space, self.asker.id) if self.asker else ("", "")
        name = name_access(self.collection, self.plan.access)
        return (self.collection.space, self.wanted.filter, self.wanted.sort, *who, *name)


def take_page_by_cursor(reading: Reading, related: RelatedRecords) -> Page:
    """The page after the request's cursor, and the cursor of the next one. Nothing is counted."""
    wanted = reading.wanted
    if wanted.page > 1:
        raise BadRequest(NO_PAGE)
    plan = _going_on(reading)
    found = matching(plan.rest, read(reading.collection, plan, related.budget, reading.first), related)
    items = list(islice(found, wanted.per_page))
    is_last = len(items) < wanted.per_page or _is_used_up(found)
    cursor = "" if is_last else _cursor_after(items[-1], reading)
    return Page(items, 1, wanted.per_page, cursor=cursor)


def _going_on(reading: Reading) -> Plan:
    plan, cursor = reading.plan, reading.wanted.cursor
    if not plan.in_order:
        raise BadRequest(NOT_IN_ORDER)
    if not cursor:
        return plan
    if isinstance(plan.access, ById | ByUnique):  # one page has it all
        raise BadRequest(NOT_OURS)
    content = unseal(cursor, cursor_secret(), reading.bound)
    if content is None:
        raise BadRequest(NOT_OURS)
    return replace(plan, after=Place(*json.loads(content)))


def _is_used_up(found: Iterator[Record]) -> bool:
    """Whether nothing follows. When finding out would go beyond the budget, something may."""
    try:
        return next(found, None) is None
    except BudgetExceeded:
        return False


def _cursor_after(last: Record, reading: Reading) -> str:
    if isinstance(reading.plan.access, ById | ByUnique):
        return ""
    place = place_of(last, reading.plan.access)
    content = json.dumps([place.sort, place.record_id], ensure_ascii=False)
    cursor = seal(content, cursor_secret(), reading.bound)
    if len(cursor) > LONGEST:
        raise BadRequest(TOO_LONG)
    return cursor


@cache
def cursor_secret() -> str:
    """What cursors are sealed with, asked for once in a process."""
    return keep_cursor_secret()
