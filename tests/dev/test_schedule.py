"""The schedules under `make run`: each minute once, whatever fails."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.deploy.permissions import FUNCTIONS
from chalicelib.jobs.functions import TICK
from chalicelib.jobs.schedules import SCHEDULES, Schedule
from chalicelib.storage.engine import Engine
from chalicelib.storage.tasks import Task, remove_task
from dev import schedule
from dev.schedule import look, next_minute, running_schedules

PATIENCE = 10.0
START = datetime(2026, 11, 22, 21, 46, 7, 5, tzinfo=UTC)


class Clock:
    """A clock that goes on by so much each time it is asked."""

    def __init__(self, step: timedelta) -> None:
        self.moment, self.step = START, step

    def now(self) -> datetime:
        self.moment += self.step
        return self.moment


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The minutes for which the one job was fired."""
    seen: list[str] = []
    monkeypatch.setattr(schedule, "SCHEDULES", [Schedule("mine", "* * * * *", print, "x")])

    def fire_due(schedules: object, moment: datetime) -> None:
        seen.append(f"{moment:%H:%M}")

    monkeypatch.setattr(schedule, "fire_due", fire_due)
    monkeypatch.setattr(schedule, "run_asked", lambda: 0)
    return seen


def test_each_minute_once(fired: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "clock", Clock(timedelta(seconds=10)))
    due = next_minute(START)
    for _ in range(18):
        due = look(due)
    assert fired == ["21:47", "21:48", "21:49"]


def test_minutes_that_were_slept_are_left_out(fired: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "clock", Clock(timedelta(minutes=30)))
    due = next_minute(START)
    for _ in range(2):
        due = look(due)
    assert fired == ["22:16", "22:46"]


@pytest.mark.parametrize(
    ("moment", "following"),
    [
        (START, datetime(2026, 11, 22, 21, 47, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 11, 22, 21, 46, tzinfo=UTC), datetime(2026, 11, 22, 21, 47, tzinfo=UTC)),
    ],
)
def test_next_minute(moment: datetime, following: datetime) -> None:
    assert next_minute(moment) == following


def test_the_thread_survives_what_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def run_asked() -> int:
        asked.append(1)
        if len(asked) < 3:
            raise RuntimeError("broken")
        return 0

    monkeypatch.setattr(schedule, "run_asked", run_asked)
    deadline = time.monotonic() + PATIENCE
    with running_schedules(every=0.001):
        while len(asked) < 5 and time.monotonic() < deadline:
            time.sleep(0.001)
    count = len(asked)
    assert count >= 5
    time.sleep(0.02)
    assert len(asked) == count


def test_a_job_runs_in_its_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(schedule, "clock", Clock(timedelta(seconds=15)))
    monkeypatch.setattr(schedule, "run_asked", lambda: 0)
    rows = [
        Schedule("a", "47 21 * * *", lambda: done.append("a"), "x", may_repeat=True),
        Schedule("b", "*/2 * * * *", lambda: done.append("b"), "x", may_repeat=True),
    ]
    monkeypatch.setattr(schedule, "SCHEDULES", rows)
    due = next_minute(START)
    for _ in range(12):
        due = look(due)
    assert done == ["a", "b"]


def test_a_job_may_do_here_what_its_function_may(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose function has no rights cannot reach the table; the others can."""
    done: list[str] = []

    def look_up(name: str) -> None:
        engine.get(("a", "b"))
        done.append(name)

    rows = [
        Schedule("withoutARow", "* * * * *", lambda: look_up("without"), "x", may_repeat=True),
        Schedule("__pbMFACleanup__", "* * * * *", lambda: look_up("with"), "x", may_repeat=True),
    ]
    monkeypatch.setattr(schedule, "SCHEDULES", rows)
    monkeypatch.setattr(schedule, "clock", Clock(timedelta(minutes=1)))
    look(next_minute(START))
    assert done == ["with"]


def test_what_eventbridge_cannot_fire_may_do_what_the_tick_may(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no function of its own there, so no row of its own is asked for here."""
    done: list[str] = []

    def write() -> None:
        remove_task(Task("a", "b", {}))
        done.append("written")

    row = Schedule("onBothKindsOfDays", "* * 22 * 0", write, "x", may_repeat=True)
    monkeypatch.setattr(schedule, "SCHEDULES", [row])
    monkeypatch.setattr(schedule, "clock", Clock(timedelta(minutes=1)))
    look(next_minute(START))
    assert not row.is_for_aws
    assert done == ["written"]


def test_the_tick_may_do_what_jobs_may_that_it_runs() -> None:
    """By hand it runs any of them."""
    wanted = {each.id: FUNCTIONS[each.function].may for each in SCHEDULES if each.function in FUNCTIONS}
    assert wanted
    assert [name for name, may in wanted.items() if not may <= FUNCTIONS[TICK].may] == []
