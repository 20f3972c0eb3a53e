"""Scheduled jobs run in their minute, once, and when they are asked for, whatever others do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.jobs import firing, schedules
from chalicelib.jobs.firing import ask_for, fire, fire_due, fire_left_over, run_asked
from chalicelib.jobs.schedules import Schedule
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from tests.storage.faults import Fault, Faulty

SUNDAY = datetime(2026, 11, 22, 21, 46, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Job:
    """Work that counts how often it was done, and fails as long as `failures` are left."""

    failures: int = 0
    done: int = 0
    tried: list[str] = field(default_factory=list)

    def __call__(self) -> None:
        self.tried.append("now")
        if self.failures:
            self.failures -= 1
            raise RuntimeError("broken")
        self.done += 1


def schedule(
    job: Job, name: str = "mine", expression: str = "* * * * *", may_repeat: bool = False
) -> Schedule:
    return Schedule(name, expression, job, "a test", may_repeat)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Schedule]]:
    """The table of schedules, the test's own."""
    rows: list[Schedule] = []
    monkeypatch.setattr(schedules, "SCHEDULES", rows)
    monkeypatch.setattr(firing, "SCHEDULES", rows)
    yield rows


def test_a_minute_that_is_delivered_twice_is_one(engine: Engine) -> None:
    job = Job()
    assert [fire(schedule(job), SUNDAY + timedelta(seconds=late)) for late in (0, 1, 40)] == [
        True,
        False,
        False,
    ]
    assert fire(schedule(job), SUNDAY + MINUTE)
    assert not fire(schedule(job), SUNDAY)  # late, after the next
    assert job.done == 2


def test_jobs_do_not_take_each_others_minutes(engine: Engine) -> None:
    job = Job()
    assert fire(schedule(job, "a"), SUNDAY) and fire(schedule(job, "b"), SUNDAY)


def test_two_at_the_same_time_are_one(engine: Engine) -> None:
    """The other function claims the minute between our reading and our writing."""
    job = Job()
    send = engine.send

    def meanwhile(operation: str, arguments: dict[str, object]) -> dict[str, object]:
        if operation == "PutItem" and engine.send is meanwhile:
            engine.send = send
            assert fire(schedule(job), SUNDAY)
        return send(operation, arguments)

    engine.send = meanwhile  # type: ignore[assignment]
    assert not fire(schedule(job), SUNDAY)
    assert job.done == 1


def test_a_job_that_failed_has_its_minute_back(engine: Engine) -> None:
    job = Job(failures=1)
    with pytest.raises(RuntimeError):
        fire(schedule(job), SUNDAY)
    assert fire(schedule(job), SUNDAY)
    assert not fire(schedule(job), SUNDAY)
    assert job.done == 1


def test_one_that_may_repeat_costs_nothing_and_runs_each_time(engine: Engine) -> None:
    job = Job()
    assert fire(schedule(job, may_repeat=True), SUNDAY) and fire(schedule(job, may_repeat=True), SUNDAY)
    assert (job.done, engine.calls.total) == (2, 0)


def test_what_a_claim_costs(engine: Engine) -> None:
    fire(schedule(Job()), SUNDAY)
    assert dict(engine.calls.by_operation) == {"Query": 1, "PutItem": 1}


def test_those_that_are_due_run_whatever_happens_to_others(engine: Engine) -> None:
    broken, due, not_due = Job(failures=1), Job(), Job()
    rows = [schedule(broken, "a"), schedule(due, "b", "46 21 * * 0"), schedule(not_due, "c", "47 21 * * *")]
    fire_due(rows, SUNDAY)
    assert (broken.tried, due.done, not_due.done) == (["now"], 1, 0)


def test_a_table_that_cannot_be_read_keeps_nobody_from_looking_again(engine: Engine) -> None:
    job = Job()
    engine.send = Faulty(engine.send, [Fault("Query", Unavailable("gone"))])
    fire_due([schedule(job)], SUNDAY)
    assert job.done == 0
    fire_due([schedule(job)], SUNDAY)
    assert job.done == 1


def test_the_tick_fires_what_eventbridge_cannot(engine: Engine, known: list[Schedule]) -> None:
    both, plain = Job(), Job()
    known += [schedule(both, "both", "* * 22 * 0"), schedule(plain, "plain")]
    fire_left_over(SUNDAY)
    assert (both.done, plain.done) == (1, 0)


def test_asked_for_it_runs_once_even_when_it_fails(engine: Engine, known: list[Schedule]) -> None:
    broken, fine = Job(failures=1), Job()
    known += [schedule(broken, "a"), schedule(fine, "b")]
    for each in (*known, *known):
        ask_for(each)
    assert run_asked() == 2
    assert (len(broken.tried), fine.done) == (1, 1)
    assert run_asked() == 0


def test_what_was_asked_for_and_is_no_job_any_more_is_forgotten(
    engine: Engine, known: list[Schedule]
) -> None:
    ask_for(schedule(Job(), "gone"))
    assert (run_asked(), run_asked()) == (0, 0)
    assert firing.find_tasks(firing.ASKED) == []


def test_two_who_see_what_was_asked_for(engine: Engine, known: list[Schedule]) -> None:
    """Both have read the note; one takes it."""
    job = Job()
    known.append(schedule(job))
    ask_for(known[0])
    send = engine.send

    def meanwhile(operation: str, arguments: dict[str, object]) -> dict[str, object]:
        if operation == "PutItem" and engine.send is meanwhile:
            engine.send = send
            assert run_asked() == 1
        return send(operation, arguments)

    engine.send = meanwhile  # type: ignore[assignment]
    assert run_asked() == 0
    assert job.done == 1


def test_whoever_is_killed_in_a_job_leaves_the_others_to_the_next(
    engine: Engine, known: list[Schedule]
) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    job = Job()
    known += [Schedule("a", "* * * * *", die, "a test"), schedule(job, "b")]
    for each in known:
        ask_for(each)
    with pytest.raises(Killed):
        run_asked()
    assert (run_asked(), job.done) == (1, 1)


def test_whoever_stops_after_taking_it_leaves_it_to_the_next(engine: Engine, known: list[Schedule]) -> None:
    job = Job()
    known.append(schedule(job))
    ask_for(known[0])
    engine.send = Faulty(engine.send, [Fault("DeleteItem", Unavailable("gone"))])
    with pytest.raises(Unavailable):
        run_asked()
    assert job.done == 0
    assert run_asked() == 1
    assert job.done == 1
