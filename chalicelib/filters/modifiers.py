"""What SQLite's modifiers do to a moment: ``+1 month``, ``start of day``, ``unixepoch``."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.filters.moments import CLOCK, DAY, HALF_DAY, LAST, UNIX_EPOCH, Moment, read_clock, read_moment
from chalicelib.filters.sql_text import SqlValue, to_text

LONG_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})


def modify(moment: Moment, modifier: str, *, is_first: bool) -> Moment | None:
    """The moment changed by a modifier; None when that is nonsense."""
    for pattern, apply in MODIFIERS:
        found = pattern.fullmatch(modifier)
        if found is not None:
            if (apply in ONLY_FIRST and not is_first) or (apply in OF_DAYS and _is_unexplained(moment)):
                return None
            return apply(moment, found.groupdict())
    return None


def _start_of(moment: Moment, parts: dict[str, Any]) -> Moment:
    unit = parts["unit"].lower()
    month = 1 if unit == "year" else moment.month
    day = moment.day if unit == "day" else 1
    return replace(moment, month=month, day=day, milliseconds=0, number=None)


def _from_unix(moment: Moment, _: dict[str, Any]) -> Moment | None:
    if moment.number is None:
        return None
    julian = moment.number * 1000 + UNIX_EPOCH
    return replace(moment.at(int(julian + 0.5)), number=None) if 0 <= julian <= LAST else None


def _from_julian(moment: Moment, _: dict[str, Any]) -> Moment | None:
    return replace(moment, number=None) if moment.is_day_known and moment.number is not None else None


def _from_either(moment: Moment, parts: dict[str, Any]) -> Moment | None:
    if moment.number is None or moment.is_day_known:
        return replace(moment, number=None)
    return _from_unix(moment, parts)


def _to_weekday(moment: Moment, parts: dict[str, Any]) -> Moment:
    here = (moment.julian + DAY + HALF_DAY) // DAY % 7
    return moment.at(moment.julian + (int(parts["weekday"]) - here) % 7 * DAY)


def _add(moment: Moment, parts: dict[str, Any]) -> Moment | None:
    amount, unit = float(parts["amount"]), parts["unit"].lower()
    milliseconds, limit = UNITS[unit]
    if not -limit < amount < limit:
        return None
    if unit in ("month", "year"):
        moment = _add_months(moment, int(amount) * (12 if unit == "year" else 1))
        amount -= int(amount)
    rest = int(amount * milliseconds + (0.5 if amount >= 0 else -0.5))
    overflow = moment.overflow if unit in ("month", "year") else 0
    return replace(moment.at(moment.julian + rest), overflow=overflow)


def _add_months(moment: Moment, months: int) -> Moment:
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return replace(moment, year=year, month=month, overflow=_overflow(year, month, moment.day))


def _overflow(year: int, month: int, day: int) -> int:
    """By how many days a day of at most 31 is past its month's end."""
    if month in LONG_MONTHS:
        return 0
    if month != 2:
        return max(0, day - 30)
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return max(0, day - (29 if is_leap else 28))


def _drop_overflow(moment: Moment, _: dict[str, Any]) -> Moment:
    return moment.at(moment.julian - moment.overflow * DAY)


def _shift(moment: Moment, parts: dict[str, Any]) -> Moment | None:
    """``+YYYY-MM-DD`` and perhaps `` HH:MM:SS``."""
    sign = -1 if parts["sign"] == "-" else 1
    months, days = int(parts["month"]), int(parts["day"])
    clock = read_clock(parts)
    if months >= 12 or days >= 31 or clock is None:
        return None
    moved = _add_months(moment, sign * (12 * int(parts["year"]) + months))
    return replace(moved.at(moved.julian + sign * (days * DAY + clock)), overflow=moved.overflow)


def _shift_clock(moment: Moment, parts: dict[str, Any]) -> Moment | None:
    clock = read_clock(parts)
    if clock is None:
        return None
    return moment.at(moment.julian + (-1 if parts["sign"] == "-" else 1) * (clock % DAY))


def _is_unexplained(moment: Moment) -> bool:
    return moment.number is not None and not moment.is_day_known


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII | re.IGNORECASE)


# Names of units: their milliseconds, and amounts that are too large.
UNITS = {
    "second": (1_000, 4.6427e14),
    "minute": (60_000, 7.7379e12),
    "hour": (3_600_000, 1.2897e11),
    "day": (DAY, 5_373_485),
    "month": (30 * DAY, 176_546),
    "year": (365 * DAY, 14_713),
}
Modify = Callable[[Moment, dict[str, Any]], Moment | None]
MODIFIERS: tuple[tuple[re.Pattern[str], Modify], ...] = (
    (_pattern(r"start of (?P<unit>day|month|year)"), _start_of),
    (_pattern("unixepoch"), _from_unix),
    (_pattern("julianday"), _from_julian),
    (_pattern("auto"), _from_either),
    (_pattern("utc|localtime"), lambda moment, _: moment),
    (_pattern("subsec(ond)?"), lambda moment, _: replace(moment, shows_fractions=True)),
    (_pattern("ceiling"), lambda moment, _: replace(moment, overflow=0)),
    (_pattern("floor"), _drop_overflow),
    (_pattern(r"weekday +(?P<weekday>[0-6])(\.0*)?"), _to_weekday),
    (
        _pattern(r"(?P<amount>[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?)\s+(?P<unit>" + "|".join(UNITS) + ")s?"),
        _add,
    ),
    (_pattern(r"(?P<sign>[+-])(?P<year>\d{4,5})-(?P<month>\d\d)-(?P<day>\d\d)(?:\s+" + CLOCK + ")?"), _shift),
    (_pattern(r"(?P<sign>[+-]?)" + CLOCK), _shift_clock),
)
ONLY_FIRST = (_from_unix, _from_julian, _from_either)
OF_DAYS = (_start_of, _to_weekday, _add, _drop_overflow, _shift, _shift_clock)


def read_modified(values: list[SqlValue]) -> Moment | None:
    """A moment and its modifiers; None when they make no valid moment."""
    moment = read_moment(values[0])
    for place, modifier in enumerate(values[1:]):
        text = to_text(modifier)
        if moment is None or text is None:
            return None
        moment = modify(moment, text, is_first=place == 0)
    if moment is None or _is_unexplained(moment) or not 0 <= moment.julian <= LAST:
        return None
    return moment
