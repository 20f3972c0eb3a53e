"""How many there are: counted when few, heard of when many, unknown when finding out would cost too much."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.config import get_config
from chalicelib.paging import PageRequest
from chalicelib.records import related, totals
from chalicelib.records.query import list_records
from chalicelib.storage.counters import correct_total
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, ask, collection

pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture
def five(blog: Engine) -> Engine:
    """Five tags."""
    for place in range(5):
        add("tags", name=f"t{place}")
    return blog


def heard_of(amount: int) -> None:
    correct_total(collection("tags").space, amount)


def total(**wanted: Any) -> tuple[int, int]:
    page = list_records("tags", ask(), PageRequest(**wanted))
    return page.total_items, page.total_pages


@pytest.fixture
def small_is_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "SMALL", 3)


@pytest.mark.usefixtures("small_is_three")
@pytest.mark.parametrize(
    ("heard", "wanted", "expected"),
    [
        (500, {"per_page": 2}, (500, 250)),
        (501, {"per_page": 2, "page": 2}, (501, 251)),
        (500, {"per_page": 2, "sort": "-@rowid"}, (500, 250)),
        (500, {"per_page": 4}, (500, 125)),
        (500, {"per_page": 5}, (5, 1)),
        (500, {"per_page": 2, "page": 3}, (5, 3)),
        (500, {"per_page": 2, "page": 9}, (5, 3)),
        (500, {"per_page": 2, "filter": "name != 't0'"}, (4, 2)),
        (500, {"per_page": 2, "skip_total": True}, (-1, -1)),
        (3, {"per_page": 1}, (5, 5)),  # so few are counted
        (4, {"per_page": 4}, (5, 2)),  # five were seen
        (0, {"per_page": 2}, (5, 3)),
        (-7, {"per_page": 2}, (5, 3)),
    ],
)
def test_totals(five: Engine, heard: int, wanted: dict[str, Any], expected: tuple[int, int]) -> None:
    heard_of(heard)
    assert total(**wanted) == expected


def test_nothing_heard_is_counted(five: Engine) -> None:
    assert total(per_page=2) == (5, 3)


def test_small_collections_are_counted_whatever_was_heard(five: Engine) -> None:
    heard_of(totals.SMALL)
    assert total(per_page=2) == (5, 3)


def test_the_calls_it_takes(five: Engine) -> None:
    five.calls.reset()
    total(per_page=5)
    assert five.calls.by_operation == {"Query": 1}
    five.calls.reset()
    total(per_page=2)
    assert five.calls.by_operation == {"Query": 3}  # the page, the counters, the count
    heard_of(1000)
    five.calls.reset()
    total(per_page=2)
    assert five.calls.by_operation == {"Query": 2}  # the page, the counters


def test_beyond_the_budget_the_counters_still_know(five: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=4))
    assert total(per_page=2) == (-1, -1)
    heard_of(1_000_000)
    assert total(per_page=2) == (1_000_000, 500_000)
