"""The scheduled jobs, all of them. This is the place to add your own: write a function, add a row.

    Schedule("sendDigest", "0 7 * * 1-5", send_digest, "mails yesterday's posts to whoever wants them"),

`expression` is in UTC and in PocketBase's syntax (chalicelib/cron.py). Each row becomes a Lambda function of
its own, named by `function`, with the rights of its row in chalicelib/deploy/permissions.py. One that names
both a day of the month and a day of the week, which EventBridge cannot say, is fired by the minute tick, with
the tick's rights. `make run` fires all of them with the same rights. Superusers see a job at GET /api/crons
and start it by POST /api/crons/<id>: the tick does that too, so its row has to allow what jobs do.

EventBridge may deliver a minute twice. The second is dropped, unless the row says `may_repeat`: then nothing
is noted in the table for it, and the job must do no harm when it runs twice, even at the same time. A job
that fails is logged with its id, counted as a failure, and run again by Lambda up to twice. What can take
longer than a function lives (15 minutes) belongs into a task (chalicelib/jobs/tasks.py).
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import Any

from chalicelib.backups.work import make_by_itself
from chalicelib.cron import Cron, CronError, aws_expression, parse_cron
from chalicelib.frozen import dataclass
from chalicelib.jobs.expired import remove_expired
from chalicelib.jobs.totals import reconcile_totals
from chalicelib.logs.kept import remove_hidden
from chalicelib.settings.load import get_settings

# Ids that begin so are PocketBase's, and come last in its list.
RESERVED = "__pb"
AUTOMATIC = "__pbAutoBackup__"


@dataclass(frozen=True)
class Schedule:
    """A job: when it runs, what it does, and what for. `is_setting`: when is set at run time."""

    id: str
    expression: str
    run: Callable[[], object]
    purpose: str
    may_repeat: bool = False
    is_setting: bool = False

    @cached_property
    def cron(self) -> Cron:
        """When it runs."""
        return parse_cron(self.expression)

    @property
    def function(self) -> str:
        """The Lambda function's name.

        >>> Schedule("__pbMFACleanup__", "@hourly", print, "").function
        'job_pb_mfa_cleanup'
        """
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|[0-9]+", self.id)
        return "_".join(["job", *words]).lower()

    @property
    def is_for_aws(self) -> bool:
        """Whether EventBridge can fire it; the others are fired by the minute tick."""
        return not self.is_setting and aws_expression(self.cron) is not None

    def to_json(self) -> dict[str, Any]:
        """As PocketBase shows it."""
        return {"id": self.id, "expression": self.cron.expression}


SCHEDULES: tuple[Schedule, ...] = (
    Schedule(
        "__pbDBOptimize__",
        "0 0 * * *",
        reconcile_totals,
        "puts totals of collections right that have come to be wrong",
        may_repeat=True,
    ),
    Schedule(
        "__pbMFACleanup__",
        "0 * * * *",
        partial(remove_expired, "_mfas"),
        "removes half-finished sign-ins whose time is over",
        may_repeat=True,
    ),
    Schedule(
        "__pbOTPCleanup__",
        "0 * * * *",
        partial(remove_expired, "_otps"),
        "removes one-time passwords whose time is over",
        may_repeat=True,
    ),
    Schedule(
        "__pbLogsCleanup__",
        "0 */6 * * *",
        remove_hidden,
        "removes requests' logs that are cleared, or older than the settings allow by now",
        may_repeat=True,
    ),
)


def find_automatic() -> list[Schedule]:
    """The job that makes backups, if the settings say when."""
    expression = get_settings().backups.cron
    try:
        parse_cron(expression)
    except CronError:
        return []
    return [Schedule(AUTOMATIC, expression, make_by_itself, "makes a backup", is_setting=True)]


def listed(schedules: Iterable[Schedule]) -> list[Schedule]:
    """In the order in which PocketBase shows them: an application's own by id, then PocketBase's."""
    return sorted(schedules, key=lambda each: "~" if each.id.startswith(RESERVED) else each.id)


def find_schedule(schedule_id: str) -> Schedule | None:
    """The job of this id."""
    schedules = (*SCHEDULES, *(find_automatic() if schedule_id == AUTOMATIC else ()))
    return next((each for each in schedules if each.id == schedule_id), None)
