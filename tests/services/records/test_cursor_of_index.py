"""Reading by cursor through a collection's own indexes, and by a value of several."""

from typing import Any

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.collections.update import update_collection
from chalicelib.errors import BadRequest
from chalicelib.observability.request_log import gathered_facts, start_facts
from chalicelib.paging import Page, PageRequest
from chalicelib.records.delete import delete_record
from chalicelib.records.query import list_records
from chalicelib.storage.engine import Engine
from tests.services.records.world import OPEN, add, ask, number, text

LONG = "x" * 1100
STATES = ("new", "old", "")
FIELDS = [
    text("state"),
    text("name"),
    number("n"),
    {"name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2},
]
INDEXES = [
    "CREATE INDEX by_state ON things (state, n)",
    "CREATE INDEX by_n ON things (n)",
    "CREATE INDEX by_name ON things (name)",
]


@pytest.fixture
def things(blog: Engine) -> Engine:
    """Twelve things: three states, four numbers, names that differ after what a key can hold."""
    create_collection({"name": "things", "type": "base", "fields": FIELDS, "indexes": INDEXES, **OPEN})
    for place in range(12):
        tags = ["a", "b"][: place % 3]
        values = {"state": STATES[place % 3], "n": place % 4 - 1, "name": f"{LONG}{place % 5}", "tags": tags}
        add("things", id=f"thing{place:010}", **values)
    return blog


def page(cursor: str | None = "", **wanted: Any) -> Page:
    return list_records("things", ask(), PageRequest(**{"per_page": 5, "cursor": cursor, **wanted}))


def ids(found: Page) -> list[str]:
    return [item["id"] for item in found.items]


ORDERED = [
    ({"sort": "n"}, "gsi"),
    ({"sort": "-n"}, "-gsi"),
    ({"sort": "-name", "per_page": 2}, "-gsi"),
    ({"sort": "name", "per_page": 1}, "gsi"),
    ({"filter": "state = 'new'", "sort": "n", "per_page": 2}, "gsi"),
    ({"filter": "state = 'new'", "sort": "-n", "per_page": 3}, "-gsi"),
    ({"filter": "n > 0", "sort": "n", "per_page": 2}, "gsi"),
    ({"filter": "n <= 1 && n >= 0", "sort": "-n", "per_page": 4}, "-gsi"),
    ({"filter": "tags:each ?= 'a'", "per_page": 3}, "edge"),
    ({"filter": "tags:each ?= 'a'", "sort": "-@rowid", "per_page": 3}, "-edge"),
]


@pytest.mark.parametrize(("wanted", "plan"), ORDERED, ids=str)
def test_everything_comes_once_in_the_lists_order(things: Engine, wanted: dict[str, Any], plan: str) -> None:
    start_facts()
    found = page(**wanted)
    assert gathered_facts()["plan"].startswith(plan)
    seen = ids(found)
    while found.cursor:
        found = page(found.cursor, **wanted)
        seen += ids(found)
    assert seen == ids(page(None, **{**wanted, "per_page": 1000}))
    assert len(seen) > 1


def test_what_moves_in_the_order_breaks_nothing(things: Engine) -> None:
    found = page(sort="n", per_page=4)
    before = ids(found)
    delete_record("things", before[-1], ask())
    add("things", id="early0000000000", n=-9)
    add("things", id="late00000000000", n=9)
    rest: list[str] = []
    while found.cursor:
        found = page(found.cursor, sort="n", per_page=4)
        rest += ids(found)
    assert not set(before) & set(rest)
    assert "early0000000000" not in rest
    assert rest[-1] == "late00000000000"
    assert len(before) + len(rest) == 13


def test_an_index_of_another_shape_ends_it(things: Engine) -> None:
    found = page(sort="n", per_page=4)
    update_collection("things", {"indexes": [INDEXES[0], INDEXES[2]]})
    with pytest.raises(BadRequest):
        page(found.cursor, sort="n", per_page=4)


def test_a_value_that_no_cursor_can_hold(things: Engine) -> None:
    for place in range(2):
        add("things", id=f"long{place:011}", name="é" * 5000)
    with pytest.raises(BadRequest, match="too long for a cursor"):
        page(sort="-name", per_page=1)
