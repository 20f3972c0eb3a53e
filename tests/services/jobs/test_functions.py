"""The functions that EventBridge calls: all there, named, told when, and called with an event."""

import importlib
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from chalice import Chalice

from chalicelib import clock
from chalicelib.jobs import functions
from chalicelib.jobs.firing import ASKED, ask_for
from chalicelib.jobs.functions import moment_of, tick
from chalicelib.jobs.schedules import RESERVED, SCHEDULES, Schedule, listed
from chalicelib.storage.engine import Engine
from chalicelib.storage.tasks import find_tasks
from dev.permitted import acting_as

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def event(time: Any) -> dict[str, Any]:
    """EventBridge's."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": time,
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/quoll-dev-minute_tick"],
        "detail": {},
    }


@pytest.fixture(scope="module")
def app() -> Chalice:
    made = Chalice("quoll")
    made.register_blueprint(functions.blueprint)
    return made


def test_each_job_is_a_function_that_lambda_finds(app: Chalice) -> None:
    names = {each.name for each in app.event_sources}
    assert names == {each.function for each in SCHEDULES if each.is_for_aws} | {functions.TICK}
    for source in app.event_sources:
        module, _, name = source.handler_string.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))


def test_each_is_told_when(app: Chalice) -> None:
    told = {each.name: each.schedule_expression for each in app.event_sources}
    assert told[functions.TICK] == "cron(* * * * ? *)"
    assert told["job_pb_mfa_cleanup"] == "cron(0 * * * ? *)"
    assert told["job_pb_db_optimize"] == "cron(0 0 * * ? *)"


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda each: each.id)
def test_rows_make_sense(schedule: Schedule) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_]+", schedule.id)
    assert len(f"quoll-local-{schedule.function}") <= 64
    assert schedule.purpose and len(schedule.purpose) <= 512
    assert schedule.cron.expression


def test_no_two_jobs_are_the_same() -> None:
    for names in ([each.id for each in SCHEDULES], [each.function for each in SCHEDULES]):
        assert len(set(names)) == len(names)


def test_own_jobs_are_listed_first_by_id() -> None:
    rows = [
        Schedule(name, "* * * * *", print, "x") for name in ("zebra", f"{RESERVED}b", "apple", f"{RESERVED}a")
    ]
    assert [each.id for each in listed(rows)] == ["apple", "zebra", f"{RESERVED}b", f"{RESERVED}a"]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda each: each.id)
def test_every_job_runs_and_runs_again(defaults: Engine, app: Chalice, schedule: Schedule) -> None:
    handler = getattr(functions, schedule.function)
    with acting_as(schedule.function):
        for _ in range(2):
            assert handler(event("2026-11-22T12:00:00Z"), None) is None


def test_the_tick_sees_to_what_was_asked_for(defaults: Engine, app: Chalice) -> None:
    for each in SCHEDULES:
        ask_for(each)
    with acting_as(functions.TICK):
        functions.minute_tick(event("2026-11-22T12:00:00Z"), None)
    assert find_tasks(ASKED) == []


def test_what_an_idle_minute_costs(defaults: Engine) -> None:
    tick(NOON)
    defaults.calls.reset()
    tick(NOON)
    assert defaults.calls.write_units == 0
    assert defaults.calls.total <= 9


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("2026-11-22T12:00:00Z", NOON),
        ("2026-11-22T12:00:00+00:00", NOON),
        (None, None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_minute_is_the_events(
    time: Any, moment: datetime | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = datetime(2030, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: present)
    found = functions.CloudWatchEvent(event(time), None)
    assert moment_of(found) == (moment or present)
