"""A page of a list: what was asked for, and what it answers."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

from chalicelib.frozen import dataclass

DEFAULT_PER_PAGE = 30
MAX_PER_PAGE = 1000

Item = TypeVar("Item")


@dataclass(frozen=True)
class PageRequest:
    """``page``, ``perPage``, ``skipTotal``, ``sort`` and ``filter`` of a list request.

    `is_readable` is false when one of the numbers is none: a 400, once the collection was looked at.
    `cursor` is None unless the list is read by cursor; "" asks for its first page.
    """

    page: int = 1
    per_page: int = DEFAULT_PER_PAGE
    skip_total: bool = False
    sort: str = ""
    filter: str = ""
    is_readable: bool = True
    cursor: str | None = None

    @property
    def first(self) -> int:
        """Index of the page's first item, from 0."""
        return (self.page - 1) * self.per_page


@dataclass(frozen=True)
class Page:
    """A page of items, with totals (-1 when they were not counted).

    `cursor` is what to ask for the next page with, "" after the last; None when no cursor was asked for.
    """

    items: list[Any]
    page: int
    per_page: int
    total_items: int = -1
    total_pages: int = -1
    cursor: str | None = None

    def with_total(self, items: int) -> "Page":
        """The same page, of so many items in all."""
        return replace(self, total_items=items, total_pages=-(-items // self.per_page))

    def to_json(self) -> dict[str, Any]:
        """PocketBase's list answer; with a cursor only when one was asked for."""
        return {
            **({} if self.cursor is None else {"cursor": self.cursor}),
            "items": self.items,
            "page": self.page,
            "perPage": self.per_page,
            "totalItems": self.total_items,
            "totalPages": self.total_pages,
        }


def take_page(found: Iterable[Item], wanted: PageRequest) -> Page:
    """Cut the wanted page out of all that was found; the rest is only read when it must be counted."""
    stream = iter(found)
    skipped = sum(1 for _ in islice(stream, min(wanted.first, sys.maxsize)))
    items = list(islice(stream, wanted.per_page))
    page = Page(items, wanted.page, wanted.per_page)
    if wanted.skip_total:
        return page
    return page.with_total(skipped + len(items) + sum(1 for _ in stream))
