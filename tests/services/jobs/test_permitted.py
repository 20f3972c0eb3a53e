"""Each job needs no more than its row allows: run as on AWS, it is refused nothing."""

from datetime import UTC, datetime

import pytest

from chalicelib.jobs.functions import TICK, tick
from chalicelib.jobs.record_stream import follow_changes
from chalicelib.jobs.schedules import SCHEDULES, Schedule
from chalicelib.storage.counters import find_total
from chalicelib.storage.engine import Engine
from dev.permitted import acting_as
from tests.services.jobs.test_record_stream import change


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda each: each.function)
def test_jobs(defaults: Engine, schedule: Schedule) -> None:
    with acting_as(schedule.function):
        schedule.run()
    assert defaults.calls.total


def test_the_minute_tick(defaults: Engine) -> None:
    with acting_as(TICK):
        tick(datetime(2026, 1, 1, tzinfo=UTC))
    assert defaults.calls.total


def test_the_stream(defaults: Engine) -> None:
    with acting_as("record_stream"):
        assert follow_changes([change(1), change(2, pk="R#posts#b")]) == {"batchItemFailures": []}
    assert find_total("posts") == 2
