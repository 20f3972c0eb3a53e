"""The schedules under `make run`: each job is fired in its minute, and what was asked for soon."""

import threading
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.backups.work import go_on_with_backup
from chalicelib.jobs.firing import fire_due, run_asked
from chalicelib.jobs.functions import TICK
from chalicelib.jobs.schedules import SCHEDULES, Schedule, find_automatic
from dev.background import running
from dev.permitted import acting_as

LOOK_EVERY = 1.0
MINUTE = timedelta(minutes=1)


def running_schedules(every: float = LOOK_EVERY) -> AbstractContextManager[None]:
    """Jobs whose minute comes within are run in that minute; minutes that the machine slept are left out.

    The minute that it starts in has begun without it: the next is the first.
    """
    due = [next_minute(clock.now())]

    def look_again(_: threading.Event) -> None:
        due[0] = look(due[0])

    return running("schedule", look_again, every)


def look(due: datetime) -> datetime:
    """Run what was asked for, and what is due if that minute has come; the next minute to wait for."""
    now = clock.now()
    for each in (*SCHEDULES, *find_automatic()) if now >= due else ():
        with acting_as(_who_fires(each)):
            fire_due([each], now)
    with acting_as(TICK):
        run_asked()
        go_on_with_backup()
    return next_minute(now) if now >= due else due


def _who_fires(schedule: Schedule) -> str:
    """The Lambda function that would: its own, or the tick for what EventBridge cannot say."""
    return schedule.function if schedule.is_for_aws else TICK


def next_minute(moment: datetime) -> datetime:
    """When the next minute begins."""
    return moment.replace(second=0, microsecond=0) + MINUTE
