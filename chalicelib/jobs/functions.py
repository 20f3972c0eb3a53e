"""The Lambda functions that EventBridge calls: one for each scheduled job, and the minute tick."""

from datetime import datetime

from chalice.app import Blueprint, CloudWatchEvent, EventSourceHandler

from chalicelib import clock
from chalicelib.backups.work import go_on_with_backup
from chalicelib.cron import aws_expression, parse_cron
from chalicelib.jobs.firing import fire, fire_left_over, run_asked
from chalicelib.jobs.schedules import SCHEDULES, Schedule
from chalicelib.jobs.tasks import run_tasks
from chalicelib.jobs.watch import watched

blueprint = Blueprint(__name__)

TICK = "minute_tick"
# Ticks that go on with work side by side gain little: the next one follows in a minute.
TASK_SECONDS = 50
TASK_RECORDS = 50_000


def tick(moment: datetime) -> None:
    """What is done each minute: jobs that EventBridge cannot fire, unfinished work, what was asked for.

    Backups come last, since they may take long.
    """
    with watched(TICK):
        fire_left_over(moment)
        run_tasks(TASK_RECORDS, TASK_SECONDS)
        run_asked()
        go_on_with_backup()


def moment_of(event: CloudWatchEvent) -> datetime:
    """The minute that an event is about, which may come late; the present one when it does not say."""
    try:
        return datetime.fromisoformat(event.time)
    except (AttributeError, TypeError, ValueError):
        return clock.now()


@blueprint.schedule(str(aws_expression(parse_cron("* * * * *"))), description="unfinished work")
def minute_tick(event: CloudWatchEvent) -> None:
    """EventBridge's call, each minute."""
    tick(moment_of(event))


def _function_of(schedule: Schedule) -> EventSourceHandler:
    def call(event: CloudWatchEvent) -> None:
        fire(schedule, moment_of(event))

    call.__name__ = schedule.function
    expression = str(aws_expression(schedule.cron))
    decorate = blueprint.schedule(expression, name=schedule.function, description=schedule.purpose)
    handler: EventSourceHandler = decorate(call)
    return handler


# Lambda finds a function by its name in this module, so each row has to have one.
globals().update({each.function: _function_of(each) for each in SCHEDULES if each.is_for_aws})
