"""Clearing the log, and removing what nobody sees any more."""

from typing import Any

import pytest

from chalicelib import clock
from chalicelib.errors import NotFound
from chalicelib.logs import kept
from chalicelib.logs.kept import clear_logs, remove_hidden
from chalicelib.logs.query import count_by_hour, list_logs, view_log
from chalicelib.paging import PageRequest
from chalicelib.storage.engine import Engine
from chalicelib.storage.request_logs import find_log
from tests.services.logs.conftest import DAY, HOUR, Store
from tests.storage.faults import Killed, Mortal


def ids() -> list[str]:
    return [item["id"] for item in list_logs(PageRequest())["items"]]


def test_a_cleared_log_is_empty_and_fills_again(store: Store) -> None:
    old = [store(HOUR), store(0)]
    clear_logs()
    assert ids() == [] == count_by_hour("")
    for log in old:
        with pytest.raises(NotFound):
            view_log(log.id)
    new = store(-60_000)
    assert ids() == [new.id]


def test_a_line_of_the_very_moment_is_cleared(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    log = store(0)
    monkeypatch.setattr(clock, "unix_milliseconds", lambda: log.milliseconds)
    clear_logs()
    assert ids() == []


def test_it_stays_cleared_when_the_settings_keep_more(store: Store, set_logs: Any) -> None:
    store(DAY)
    clear_logs()
    set_logs(maxDays=100)
    assert ids() == []


def test_what_is_hidden_is_removed(store: Store, set_logs: Any) -> None:
    old, young = [store(3 * DAY + n) for n in range(5)], [store(DAY), store(0)]
    assert remove_hidden() == 0
    set_logs(maxDays=2)
    assert remove_hidden() == 5
    assert [find_log(log.id) for log in old] == [None] * 5
    assert ids() == [log.id for log in young]
    clear_logs()
    assert remove_hidden() == 2
    assert remove_hidden() == 0


def test_no_days_are_nothing(store: Store, set_logs: Any) -> None:
    store(0)
    set_logs(maxDays=0)
    assert remove_hidden() == 1


def test_a_killed_removal_is_finished_by_the_next(store: Store, defaults: Engine) -> None:
    logs = [store(n) for n in range(7)]
    clear_logs()
    send = defaults.send
    defaults.send = Mortal(send, 3)
    with pytest.raises(Killed):
        remove_hidden()
    defaults.send = send
    assert remove_hidden() == 4
    assert [find_log(log.id) for log in logs] == [None] * 7


def test_it_stops_when_its_time_is_over(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(20):
        store(n)
    clear_logs()
    monkeypatch.setattr(kept, "SECONDS", -1)
    first = remove_hidden()
    assert 0 < first < 20, "one portion, which is one partition's"
