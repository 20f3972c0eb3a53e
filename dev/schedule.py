"""The schedules under `make run`: a thread that fires each job in its minute, and what was asked for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.jobs.firing import fire_due, run_asked
from chalicelib.jobs.functions import TICK
from chalicelib.jobs.schedules import SCHEDULES, Schedule
from chalicelib.observability.logger import logger
from dev.permitted import acting_as

LOOK_EVERY = 1.0
MINUTE = timedelta(minutes=1)


@contextmanager
def running_schedules(every: float = LOOK_EVERY) -> Iterator[None]:
    """Jobs whose minute comes within are run in that minute; minutes that the machine slept are left out."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(stop, every), name="schedule", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def _run(stop: threading.Event, every: float) -> None:
    """The minute that it starts in has begun without it: the next is the first."""
    due = next_minute(clock.now())
    while not stop.wait(every):
        try:
            due = look(due)
        except Exception:  # noqa: BLE001 - the edge: whatever happens, the next minute is looked at
            logger.exception("the schedules cannot be looked at")


def look(due: datetime) -> datetime:
    """Run what was asked for, and what is due if that minute has come; the next minute to wait for."""
    now = clock.now()
    for each in SCHEDULES if now >= due else ():
        with acting_as(_who_fires(each)):
            fire_due([each], now)
    with acting_as(TICK):
        run_asked()
    return next_minute(now) if now >= due else due


def _who_fires(schedule: Schedule) -> str:
    """The Lambda function that would: its own, or the tick for what EventBridge cannot say."""
    return schedule.function if schedule.is_for_aws else TICK


def next_minute(moment: datetime) -> datetime:
    """When the next minute begins."""
    return moment.replace(second=0, microsecond=0) + MINUTE
