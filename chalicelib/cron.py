"""Cron expressions as PocketBase takes them: a macro, or five fields in UTC.

    minute (0-59)   hour (0-23)   day of the month (1-31)   month (1-12)   day of the week (0-6, from Sunday)

A field is a list, separated by commas, of `*`, `n`, `a-b`, `*/n` and `a-b/n`. All five have to hold:
`0 0 13 * 5` is each Friday the 13th, where other crons would take each 13th and each Friday.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from chalicelib.frozen import dataclass

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
# The least and the greatest value of each field.
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
# The longest expression that EventBridge takes.
AWS_LONGEST = 256
_NUMBER = re.compile(r"[+-]?[0-9]+")
_LARGEST = 2**63 - 1
_NOT_FIVE = "Invalid cron expression - must be a valid macro or to have exactly 5 space separated segments."
_STEP_FORMAT = "Invalid segment step format - must be in the format */n or 1-30/n."
_STEP_BOUNDARY = "Invalid segment step boundary - the step must be between 1 and the {high}."
_STEP_ALONE = "Invalid segment step - step > 1 could be used only with the wildcard or range format."
_RANGE_FORMAT = "Invalid segment range format - the range must have 1 or 2 parts."
_RANGE_LOW = "Invalid segment range minimum - must be between {low} and {high}."
_RANGE_HIGH = "Invalid segment range maximum - must be between {low} and {high}."
_VALUE = "Invalid segment value - must be between the min and max of the segment."


class CronError(ValueError):
    """No cron expression; the text says why, in PocketBase's words."""


@dataclass(frozen=True)
class Cron:
    """When something happens: the expression, without macros, and the values that each field allows."""

    expression: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def is_due(self, moment: datetime) -> bool:
        """Whether it happens in this minute (a moment in UTC).

        >>> parse_cron("*/5 9-17 * * 1-5").is_due(datetime(2026, 1, 30, 9, 25))
        True
        """
        return (
            moment.minute in self.minutes
            and moment.hour in self.hours
            and moment.day in self.days
            and moment.month in self.months
            and moment.isoweekday() % 7 in self.weekdays
        )


def parse_cron(text: str) -> Cron:
    """The cron that a text describes. Raises CronError.

    >>> parse_cron("@hourly").expression
    '0 * * * *'
    """
    expression = MACROS.get(text, text)
    fields = expression.split(" ")
    if len(fields) != len(BOUNDS):
        raise CronError(_NOT_FIVE)
    values = (_parse_field(field, bounds) for field, bounds in zip(fields, BOUNDS, strict=True))
    return Cron(expression, *values)


def aws_expression(cron: Cron) -> str | None:
    """The same for EventBridge, in its six fields; None when that cannot say it.

    EventBridge takes one of the two kinds of days only. Ranges and steps are written out.

    >>> aws_expression(parse_cron("0 */6 * * *")), aws_expression(parse_cron("30 4 * * 1-5"))
    ('cron(0 0,6,12,18 * * ? *)', 'cron(30 4 ? * 2,3,4,5,6 *)')
    """
    allowed = (cron.minutes, cron.hours, cron.days, cron.months)
    minutes, hours, days, months = map(_listed, allowed, BOUNDS)
    weekdays = _listed({day + 1 for day in cron.weekdays}, (1, 7))
    if "*" not in (days, weekdays):
        return None
    either = (days, "?") if weekdays == "*" else ("?", weekdays)
    text = f"cron({minutes} {hours} {either[0]} {months} {either[1]} *)"
    return text if len(text) <= AWS_LONGEST else None


def _listed(values: set[int] | frozenset[int], bounds: tuple[int, int]) -> str:
    low, high = bounds
    return "*" if len(values) == high - low + 1 else ",".join(map(str, sorted(values)))


def _parse_field(text: str, bounds: tuple[int, int]) -> frozenset[int]:
    return frozenset(value for part in text.split(",") for value in _parse_part(part, bounds))


def _parse_part(text: str, bounds: tuple[int, int]) -> Sequence[int]:
    what, *steps = text.split("/")
    if len(steps) > 1:
        raise CronError(_STEP_FORMAT)
    step = _read_step(steps[0], bounds) if steps else 1
    if what == "*":
        return range(bounds[0], bounds[1] + 1, step)
    ends = what.split("-")
    if len(ends) == 1:
        return [_read_value(what, step, bounds)]
    if len(ends) > 2:
        raise CronError(_RANGE_FORMAT)
    return _read_range(ends, step, bounds)


def _read_step(text: str, bounds: tuple[int, int]) -> int:
    step = _read_number(text)
    if not 1 <= step <= bounds[1]:
        raise CronError(_STEP_BOUNDARY.format(high=bounds[1]))
    return step


def _read_value(text: str, step: int, bounds: tuple[int, int]) -> int:
    if step != 1:
        raise CronError(_STEP_ALONE)
    value = _read_number(text)
    if not bounds[0] <= value <= bounds[1]:
        raise CronError(_VALUE)
    return value


def _read_range(ends: Sequence[str], step: int, bounds: tuple[int, int]) -> Sequence[int]:
    low = _read_number(ends[0])
    if not bounds[0] <= low <= bounds[1]:
        raise CronError(_RANGE_LOW.format(low=bounds[0], high=bounds[1]))
    high = _read_number(ends[1])
    if not low <= high <= bounds[1]:
        raise CronError(_RANGE_HIGH.format(low=low, high=bounds[1]))
    return range(low, high + 1, step)


def _read_number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise CronError(f'Strconv.Atoi: parsing "{text}": invalid syntax.')
    if len(text) > 20 or abs(int(text)) > _LARGEST:
        raise CronError(f'Strconv.Atoi: parsing "{text}": value out of range.')
    return int(text)
