"""``@now``, ``@todayStart`` and the other names for moments, in UTC."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.clock import to_text

DAY = timedelta(days=1)
# Fractions are cut to milliseconds, so the last moment of a day is its last millisecond.
INSTANT = timedelta(milliseconds=1)


def _day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _month(now: datetime) -> datetime:
    return _day(now).replace(day=1)


def _year(now: datetime) -> datetime:
    return _month(now).replace(month=1)


def _next_month(now: datetime) -> datetime:
    return _month(_month(now) + 31 * DAY)


def _next_year(now: datetime) -> datetime:
    return _year(_year(now) + 366 * DAY)


MACROS: dict[str, Callable[[datetime], str | int]] = {
    "@now": to_text,
    "@yesterday": lambda now: to_text(now - DAY),
    "@tomorrow": lambda now: to_text(now + DAY),
    "@second": lambda now: now.second,
    "@minute": lambda now: now.minute,
    "@hour": lambda now: now.hour,
    "@day": lambda now: now.day,
    "@weekday": lambda now: now.isoweekday() % 7,
    "@month": lambda now: now.month,
    "@year": lambda now: now.year,
    "@todayStart": lambda now: to_text(_day(now)),
    "@todayEnd": lambda now: to_text(_day(now) + DAY - INSTANT),
    "@monthStart": lambda now: to_text(_month(now)),
    "@monthEnd": lambda now: to_text(_next_month(now) - INSTANT),
    "@yearStart": lambda now: to_text(_year(now)),
    "@yearEnd": lambda now: to_text(_next_year(now) - INSTANT),
}
