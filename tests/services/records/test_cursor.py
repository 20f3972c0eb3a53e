"""Reading by cursor: everything once, whatever is added or removed meanwhile, by nobody else's cursor."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.config import get_config
from chalicelib.errors import BadRequest
from chalicelib.observability.request_log import gathered_facts, start_facts
from chalicelib.paging import Page, PageRequest
from chalicelib.records import related
from chalicelib.records.delete import delete_record
from chalicelib.records.query import list_records
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, add_user, ask, change_collection

A, B = "a" * 15, "b" * 15


@pytest.fixture
def seven(blog: Engine) -> list[Record]:
    """Seven posts, by two authors in turn."""
    authors = [add("authors", id=A, name="ann"), add("authors", id=B, name="bob")]
    return [add("posts", title=f"p{n}", author=authors[n % 2].id, count=n) for n in range(7)]


def page(cursor: str = "", by: Record | None = None, **wanted: Any) -> Page:
    return list_records("posts", ask(by), PageRequest(**{"per_page": 2, "cursor": cursor, **wanted}))


def titles(found: Page) -> list[str]:
    return [item["title"] for item in found.items]


def read_all(**wanted: Any) -> list[list[str]]:
    """Page by page, to the end."""
    found = page(**wanted)
    seen = [titles(found)]
    while found.cursor:
        found = page(found.cursor, **wanted)
        seen.append(titles(found))
    return seen


@pytest.mark.parametrize(
    ("wanted", "pages"),
    [
        ({}, "01 23 45 6"),
        ({"sort": "-@rowid"}, "65 43 21 0"),
        ({"sort": "@rowid", "per_page": 7}, "0123456"),
        ({"per_page": 3}, "012 345 6"),
        ({"per_page": 1000}, "0123456"),
        ({"filter": "count > 1 && count != 4"}, "23 56"),
        ({"filter": "author.name = 'bob'"}, "13 5"),
        ({"filter": "author.name = 'bob'", "sort": "-@rowid", "per_page": 1}, "5 3 1"),
        ({"filter": "title = 'none'"}, ""),
        ({"filter": f"id = '{A}'"}, ""),
    ],
)
def test_everything_comes_once(seven: list[Record], wanted: dict[str, Any], pages: str) -> None:
    assert read_all(**wanted) == [[f"p{digit}" for digit in each] for each in pages.split() or [""]]


def test_totals_are_not_counted(seven: list[Record]) -> None:
    found = page()
    assert (found.page, found.total_items, found.total_pages) == (1, -1, -1)
    assert page(found.cursor or "").page == 1


def test_without_being_asked_for_there_is_none(seven: list[Record]) -> None:
    found = list_records("posts", ask(), PageRequest(per_page=2))
    assert found.cursor is None
    assert "cursor" not in found.to_json()


def test_what_is_added_or_removed_moves_nothing(seven: list[Record]) -> None:
    found = page(sort="-@rowid")
    assert titles(found) == ["p6", "p5"]
    add("posts", title="p7", author=A)
    delete_record("posts", seven[5].id, ask())  # where the page ended
    delete_record("posts", seven[3].id, ask())
    found = page(found.cursor or "", sort="-@rowid")
    assert titles(found) == ["p4", "p2"]
    assert titles(page(found.cursor or "", sort="-@rowid")) == ["p1", "p0"]


def test_what_is_added_at_the_end_is_met(seven: list[Record]) -> None:
    found = page(per_page=6)
    add("posts", title="p7", author=A)
    assert titles(page(found.cursor or "")) == ["p6", "p7"]


def test_every_page_costs_the_same(seven: list[Record], blog: Engine) -> None:
    found = page()
    seen = []
    for _ in range(2):
        blog.calls.reset()
        start_facts()
        found = page(found.cursor or "")
        seen.append((dict(blog.calls.by_operation), gathered_facts()["items"]))
    assert seen == [({"GetItem": 1, "Query": 1}, 3)] * 2  # whether the collections changed, and the page


@pytest.mark.parametrize(
    "other",
    [
        {"filter": "count > 0"},
        {"sort": "-@rowid"},
        {"sort": "@rowid"},
        {"filter": f"id = '{A}'"},
    ],
)
def test_another_list_takes_no_cursor_of_this(seven: list[Record], other: dict[str, Any]) -> None:
    cursor = page().cursor or ""
    with pytest.raises(BadRequest, match="The cursor is not valid here"):
        page(cursor, **other)


def test_another_collection_takes_no_cursor_of_this(seven: list[Record]) -> None:
    with pytest.raises(BadRequest, match="The cursor is not valid here"):
        list_records("authors", ask(), PageRequest(cursor=page().cursor))


def test_nobody_takes_anothers_cursor(seven: list[Record], superuser: tuple[Record, str]) -> None:
    people = [None, add_user("ann"), add_user("bob"), superuser[0]]
    cursors = [page(by=by).cursor or "" for by in people]
    for cursor, owner in zip(cursors, people, strict=True):
        for by in people:
            if by is owner:
                assert titles(page(cursor, by)) == ["p2", "p3"]
            else:
                with pytest.raises(BadRequest):
                    page(cursor, by)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "a" * 60, "é", "\ud800", "0", " ", "null", "x" * 100_000])
def test_what_is_no_cursor(seven: list[Record], cursor: str) -> None:
    with pytest.raises(BadRequest, match="The cursor is not valid here"):
        page(cursor)


@pytest.mark.parametrize("sort", ["title", "-count", "@random", "author.name"])
def test_an_order_that_nothing_gives(seven: list[Record], sort: str) -> None:
    with pytest.raises(BadRequest, match="only when an index gives its order"):
        page(sort=sort)


def test_a_page_number_beside_it(seven: list[Record]) -> None:
    with pytest.raises(BadRequest, match="leave out page"):
        page(page().cursor or "", page=2)


def test_the_rule_counts_on_every_page(seven: list[Record]) -> None:
    cursor = page().cursor or ""
    change_collection("posts", listRule="count > 4")
    assert titles(page(cursor)) == ["p5", "p6"]


def test_a_full_page_is_given_even_if_what_follows_is_beyond_the_budget(
    seven: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=4))
    found = page(filter="count < 2 || count > 5")
    assert titles(found) == ["p0", "p1"]
    assert found.cursor
    with pytest.raises(BadRequest, match="would examine more than 4"):
        page(found.cursor, filter="count < 2 || count > 5", per_page=9)


def test_what_a_cursor_holds_is_hidden(seven: list[Record]) -> None:
    cursor = page().cursor or ""
    assert seven[1].id not in cursor
    assert len(cursor) < 150
