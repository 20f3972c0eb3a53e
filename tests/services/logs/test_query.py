"""Reading the log: pages, totals, orders, and the budget."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import config
from chalicelib.errors import BadRequest, NotFound
from chalicelib.logs import query
from chalicelib.logs.query import count_by_hour, list_logs, view_log
from chalicelib.paging import PageRequest
from chalicelib.storage.engine import Engine
from chalicelib.storage.request_logs import StoredLog
from tests.services.logs.conftest import DAY, HOUR, Store


@pytest.fixture
def ten(store: Store) -> list[StoredLog]:
    """Ten lines, the oldest first, an hour between them; every third is a refusal."""
    return [
        store((10 - n) * HOUR, 0 if n % 3 else 8, f"GET /{n}", status=200 if n % 3 else 404, n=n)
        for n in range(10)
    ]


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def set_budget(limit: int) -> None:
        monkeypatch.setattr(query, "get_config", lambda: replace(config.get_config(), query_budget=limit))

    return set_budget


def found(**wanted: Any) -> list[int]:
    return [item["data"]["n"] for item in list_logs(PageRequest(**wanted))["items"]]


ORDERS = [
    ({}, range(10)),
    ({"sort": "created"}, range(10)),
    ({"sort": "-created"}, range(9, -1, -1)),
    ({"sort": "-@rowid"}, range(9, -1, -1)),
    ({"sort": "-id"}, range(9, -1, -1)),
    ({"sort": "-data.n"}, range(9, -1, -1)),
    ({"sort": "-level,-created"}, (9, 6, 3, 0, 8, 7, 5, 4, 2, 1)),
    ({"sort": "message,id"}, range(10)),
    ({"filter": "level > 0"}, (0, 3, 6, 9)),
    ({"filter": "data.status = 404", "sort": "-created"}, (9, 6, 3, 0)),
    ({"filter": "level > 0", "per_page": 3}, (0, 3, 6)),
    ({"filter": "level > 0", "per_page": 3, "page": 2}, (9,)),
    ({"per_page": 4, "page": 2}, (4, 5, 6, 7)),
    ({"per_page": 4, "page": 3, "sort": "-@rowid"}, (1, 0)),
    ({"per_page": 4, "page": 4}, ()),
    ({"filter": "created > @now"}, ()),
    ({"filter": "message ~ '/7' || message = 'GET /2'"}, (2, 7)),
]


@pytest.mark.parametrize(("wanted", "expected"), ORDERS)
def test_pages(ten: list[StoredLog], wanted: dict[str, Any], expected: Any) -> None:
    assert found(**wanted) == list(expected)


@pytest.mark.parametrize(
    ("wanted", "totals"),
    [
        ({}, (10, 1)),
        ({"per_page": 3}, (10, 4)),
        ({"per_page": 10}, (10, 1)),
        ({"per_page": 3, "page": 99}, (10, 4)),
        ({"per_page": 3, "filter": "level > 0"}, (4, 2)),
        ({"per_page": 3, "sort": "-data.n"}, (10, 4)),
        ({"skip_total": True}, (-1, -1)),
        ({"filter": "level > 0", "skip_total": True}, (-1, -1)),
    ],
)
def test_totals(ten: list[StoredLog], wanted: dict[str, Any], totals: tuple[int, int]) -> None:
    page = list_logs(PageRequest(**wanted))
    assert (page["totalItems"], page["totalPages"]) == totals


def test_a_line_is_shown_in_this_order(ten: list[StoredLog]) -> None:
    shown = view_log(ten[0].id)
    assert list(shown) == ["id", "created", "data", "message", "level"]
    assert list_logs(PageRequest(per_page=1))["items"] == [shown]
    assert (shown["id"], shown["created"], shown["level"]) == (ten[0].id, ten[0].created, 8)


def test_hours(ten: list[StoredLog]) -> None:
    hours = count_by_hour("")
    assert len(hours) == 10 and {hour["total"] for hour in hours} == {1}
    assert [hour["date"] for hour in hours] == [f"{log.created[:13]}:00:00.000Z" for log in ten]
    assert [hour["date"] for hour in count_by_hour("level > 0")] == [
        f"{log.created[:13]}:00:00.000Z" for log in ten[::3]
    ]


def test_past_the_budget_a_total_is_left_out(ten: list[StoredLog], budget: Callable[[int], None]) -> None:
    budget(9)
    for wanted in ({"filter": "level > 0", "per_page": 1}, {"per_page": 1}):
        page = list_logs(PageRequest(**wanted))
        assert len(page["items"]) == 1 and page["totalItems"] == -1


@pytest.mark.parametrize(
    "ask",
    [
        lambda: list_logs(PageRequest(filter="message = 'nope'")),
        lambda: list_logs(PageRequest(sort="-data.n", per_page=1)),
        lambda: count_by_hour(""),
    ],
)
def test_past_the_budget_the_refusal_says_what_to_do(
    ten: list[StoredLog], budget: Callable[[int], None], ask: Callable[[], Any]
) -> None:
    budget(9)
    with pytest.raises(BadRequest, match=r"more than 9 lines of the log.*created"):
        ask()


def test_a_shorter_time_stays_within_the_budget(ten: list[StoredLog], budget: Callable[[int], None]) -> None:
    budget(3)
    assert found(filter=f"created >= '{ten[7].created}' && message ~ 'GET'", sort="-data.n") == [9, 8, 7]
    assert len(count_by_hour(f"created >= '{ten[7].created}'")) == 3


def test_what_is_too_old_is_gone_at_once(ten: list[StoredLog], store: Store, set_logs: Any) -> None:
    old = store(3 * DAY, n=-1)
    assert found()[0] == -1
    set_logs(maxDays=2)
    assert found() == list(range(10))
    assert sum(hour["total"] for hour in count_by_hour("")) == 10
    with pytest.raises(NotFound):
        view_log(old.id)
    set_logs(maxDays=0)
    assert found() == [] == count_by_hour("")
    with pytest.raises(NotFound):
        view_log(ten[9].id)


@pytest.mark.parametrize(
    ("ask", "calls"),
    [
        # The version and what cleared the log are read at one time, then the partitions.
        (lambda ten: list_logs(PageRequest(skip_total=True)), {"GetItem": 2, "Query": 4}),
        (lambda ten: list_logs(PageRequest()), {"GetItem": 2, "Query": 4}),
        (lambda ten: list_logs(PageRequest(per_page=3)), {"GetItem": 2, "Query": 8}),
        (lambda ten: list_logs(PageRequest(filter="level > 0")), {"GetItem": 2, "Query": 4}),
        (lambda ten: count_by_hour(""), {"GetItem": 2, "Query": 4}),
        (lambda ten: view_log(ten[3].id), {"GetItem": 3}),
    ],
)
def test_what_it_costs(ten: list[StoredLog], defaults: Engine, ask: Any, calls: dict[str, int]) -> None:
    list_logs(PageRequest())
    defaults.calls.reset()
    ask(ten)
    assert dict(defaults.calls.by_operation) == calls
