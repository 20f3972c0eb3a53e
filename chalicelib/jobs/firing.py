"""Running scheduled jobs: when their minute comes, when a superuser asks, and once.

The table holds two kinds of notes: `fired`, the last minute that a job has run for, and `asked`, jobs that
are to run as soon as somebody looks, which the minute tick does.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from chalicelib import clock
from chalicelib.jobs.schedules import SCHEDULES, Schedule, find_automatic, find_schedule
from chalicelib.jobs.watch import watched
from chalicelib.observability.logger import logger
from chalicelib.storage.failures import Conflict
from chalicelib.storage.tasks import Task, find_tasks, remove_task, save_task

FIRED = "fired"
ASKED = "asked"


def fire(schedule: Schedule, moment: datetime) -> bool:
    """Run a job for a minute; whether it ran: not when it has, for this minute or a later one."""
    if schedule.may_repeat:
        _run(schedule)
        return True
    before = next((each for each in find_tasks(FIRED) if each.name == schedule.id), _never(schedule))
    claimed = _claim(before, f"{moment:%Y-%m-%d %H:%M}")
    if claimed is None:
        return False
    try:
        _run(schedule)
    except Exception:
        save_task(replace(claimed, state=before.state))  # so that Lambda's next try is one
        raise
    return True


def fire_due(schedules: Iterable[Schedule], moment: datetime) -> None:
    """Run those whose minute it is; one that fails is logged, and the others run."""
    for schedule in schedules:
        if schedule.cron.is_due(moment):
            _safely(partial(fire, schedule, moment), schedule.id)


def fire_left_over(moment: datetime) -> None:
    """Run those of this minute that EventBridge cannot fire."""
    left = [each for each in (*SCHEDULES, *find_automatic()) if not each.is_for_aws]
    fire_due(left, moment)


def ask_for(schedule: Schedule) -> None:
    """Let a job run soon. Asked for twice before it does, it runs once."""
    try:
        save_task(Task(ASKED, schedule.id, {"at": clock.unix_milliseconds()}))
    except Conflict:
        return


def run_asked() -> int:
    """Run the jobs that were asked for; how many. One that fails is logged, and not tried again.

    A note is taken when its job's turn has come: whoever is killed in it leaves the others to the next.
    """
    ran = 0
    for task in find_tasks(ASKED):
        if _take(task) and (schedule := find_schedule(task.name)):
            _safely(partial(_run, schedule), schedule.id)
            ran += 1
    return ran


def _run(schedule: Schedule) -> None:
    with watched(schedule.function, job=schedule.id):
        schedule.run()


def _safely(work: Callable[[], object], job: str) -> None:
    try:
        work()
    except Exception:  # noqa: BLE001 - a job may raise anything, and the others still have their turn
        logger.exception("a job failed", extra={"job": job})


def _never(schedule: Schedule) -> Task:
    return Task(FIRED, schedule.id, {"minute": ""})


def _claim(before: Task, minute: str) -> Task | None:
    """The note that it runs for this minute; None when it has run, or another runs it just now."""
    if before.state["minute"] >= minute:
        return None
    try:
        return save_task(replace(before, state={"minute": minute}))
    except Conflict:
        return None


def _take(task: Task) -> bool:
    """Whether this is for us to do: of several who see it one is."""
    try:
        save_task(task)
    except Conflict:
        return False
    remove_task(task)
    return True
