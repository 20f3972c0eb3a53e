"""Keeping requests: by the settings, with one write, and never in an answer's way."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha512
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib import clock
from chalicelib.collections import load
from chalicelib.errors import Overloaded
from chalicelib.logs.entry import Seen
from chalicelib.logs.keep import keep_none_for, keep_request
from chalicelib.logs.query import list_logs
from chalicelib.paging import PageRequest
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, ItemTooLarge, Unavailable
from tests.logged import kept_lines
from tests.storage.faults import Fault, Faulty

OK = Seen(method="GET", url="/api/health", status=200, milliseconds=1.5)
REFUSED = replace(OK, status=404, error="File not found.")
SetLogs = Callable[..., None]

pytestmark = pytest.mark.usefixtures("defaults", "kept")


def messages() -> list[str]:
    return [item["message"] for item in list_logs(PageRequest())["items"]]


def test_a_request_is_one_write(defaults: Engine) -> None:
    keep_request(lambda: OK)
    defaults.calls.reset()
    keep_request(lambda: REFUSED)
    assert dict(defaults.calls.by_operation) == {"PutItem": 1}
    assert defaults.calls.write_units == 1
    assert messages() == ["GET /api/health"] * 2


@pytest.mark.parametrize(
    ("logs", "levels"),
    [({}, [0, 8]), ({"minLevel": 8}, [8]), ({"minLevel": 9}, []), ({"maxDays": 0}, [])],
)
def test_as_the_settings_say(set_logs: SetLogs, logs: dict[str, Any], levels: list[int]) -> None:
    set_logs(**logs)
    keep_request(lambda: OK)
    keep_request(lambda: REFUSED)
    assert [item["level"] for item in list_logs(PageRequest())["items"]] == levels


def test_what_is_not_wanted_costs_nothing(defaults: Engine, set_logs: SetLogs) -> None:
    set_logs(minLevel=8)
    defaults.calls.reset()
    keep_request(lambda: OK)
    assert defaults.calls.total == 0


def test_it_goes_when_it_is_old(defaults: Engine, set_logs: SetLogs) -> None:
    set_logs(maxDays=3)
    defaults.send = faulty = Faulty(defaults.send)
    keep_request(lambda: OK)
    item = faulty.asked[-1][1]["Item"]
    age = int(item["ttl"]["N"]) - int(item["sk"]["S"][:9], 36) / 1000
    assert 3 * 86_400 - 5 < age < 3 * 86_400 + 5


FAILURES = [
    Busy("throttled"),
    Unavailable("no such table"),
    Overloaded(),
    ItemTooLarge("x"),
]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_a_failure_is_nobodys(defaults: Engine, error: Exception) -> None:
    load.get_snapshot()
    defaults.send = faulty = Faulty(defaults.send, [Fault("PutItem", error)])
    with kept_lines() as lines:
        keep_request(lambda: OK)
        keep_request(lambda: OK)
    assert [line["message"] for line in lines] == ["requests are not kept for a moment"]
    assert [operation for operation, _ in faulty.asked] == ["PutItem"], "the next does not wait, too"
    keep_none_for(0)
    keep_request(lambda: REFUSED)
    assert messages() == ["GET /api/health"]


def test_a_bug_costs_one_line_and_no_answer(defaults: Engine) -> None:
    load.get_snapshot()
    defaults.send = Faulty(defaults.send, [Fault("PutItem", KeyError("a bug"))])
    with kept_lines() as lines:
        keep_request(lambda: OK)
    assert [line["message"] for line in lines] == ["a request is not kept"]
    keep_request(lambda: REFUSED)
    assert messages() == ["GET /api/health"]


def test_what_cannot_be_seen_costs_no_answer() -> None:
    def look() -> Seen:
        raise KeyError("a bug")

    with kept_lines() as lines:
        keep_request(look)
    assert [line["message"] for line in lines] == ["a request is not kept"]


def test_settings_in_memory_are_asked_for_again_once_they_are_old(
    defaults: Engine, set_logs: SetLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_logs(minLevel=0)
    held = load.get_snapshot()
    set_logs(minLevel=9)
    for age, kept in ((59_000, 1), (61_000, 1)):
        old = replace(held, checked=clock.unix_milliseconds() - age)
        monkeypatch.setattr(load._memory, "held", old)
        keep_request(lambda: OK)
        assert len(messages()) == kept


@pytest.mark.parametrize("days", [1_000_000_000, 2**53 - 1])
def test_any_number_of_days(set_logs: SetLogs, days: int) -> None:
    set_logs(maxDays=days)
    keep_request(lambda: OK)
    assert messages() == ["GET /api/health"]


ANYTHING = st.text(st.characters(), max_size=40)


@examples(max_examples=60)
@given(ANYTHING, ANYTHING, ANYTHING, st.one_of(ANYTHING, st.dictionaries(ANYTHING, ANYTHING, max_size=3)))
def test_whatever_is_sent_can_be_kept(url: str, referer: str, user_agent: str, details: Any) -> None:
    seen = replace(REFUSED, url=f"/api/x?{url}", referer=referer, user_agent=user_agent, details=details)
    with kept_lines() as lines:
        keep_request(lambda: seen)
    assert lines == []


def test_no_line_is_too_large_for_the_table(set_logs: SetLogs) -> None:
    set_logs(maxDataSize=2**40)
    large = replace(REFUSED, details={str(n): sha512(bytes(n)).hexdigest() for n in range(8000)})
    keep_request(lambda: large)
    assert len(messages()) == 1


def test_settings_that_cannot_be_read_are_no_failure_either(defaults: Engine) -> None:
    load.forget()
    defaults.send = Faulty(defaults.send, [Fault("Query", Unavailable("away"))])
    keep_request(lambda: OK)
    keep_none_for(0)
    assert messages() == []


def test_a_text_that_is_no_unicode(defaults: Engine) -> None:
    seen = replace(OK, url="/api/x?a=\ud800", user_agent="\udfff", referer="http://x/?\ud800=1")
    keep_request(lambda: seen)
    assert len(messages()) == 1
