"""Moments as SQLite counts them: milliseconds since noon of Julian day 0, and what modifiers do to them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.filters.sql_text import SqlValue, to_number, to_text

DAY = 86_400_000
HALF_DAY = DAY // 2
LAST = 464_269_060_799_999
UNIX_EPOCH = 210_866_760_000_000
# A number below this is a Julian day, any other is only a number until a modifier says what it counts.
JULIAN_DAYS = 5_373_484.5
LONG_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})

_DATE = r"(?P<sign>-?)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d+)?))?"
_ZONE = r"\s*(?:(?P<zone>[+-]\d\d:\d\d)|[Zz])?\s*"
_MOMENT = re.compile(rf"{_DATE}(?:[\sT]*{_TIME}{_ZONE}|[\sT]*)", re.ASCII)
_CLOCK = re.compile(_TIME + _ZONE, re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A calendar day, perhaps past its month's end, and milliseconds into it.

    `number` is what a number said that no modifier has explained yet. `overflow` is by how many days the
    last month arithmetic ran past a month's end.
    """

    year: int = 2000
    month: int = 1
    day: int = 1
    milliseconds: int = 0
    number: float | None = None
    is_day_known: bool = True
    overflow: int = 0
    shows_fractions: bool = False

    @property
    def julian(self) -> int:
        """Milliseconds since Julian day 0."""
        return days_before(self.year, self.month) * DAY + (self.day - 1) * DAY - HALF_DAY + self.milliseconds

    def at(self, julian: int) -> "Moment":
        """The same moment moved to a Julian time, its day a real one."""
        days, milliseconds = divmod(julian + HALF_DAY, DAY)
        year, month, day = calendar_day(days)
        return replace(
            self, year=year, month=month, day=day, milliseconds=milliseconds, overflow=0, is_day_known=True
        )


def days_before(year: int, month: int) -> int:
    """Days from Julian day 0 to the first of a month, in the Gregorian calendar at all times."""
    year, month = (year - 1, month + 12) if month <= 2 else (year, month)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + 1_721_120


def calendar_day(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since Julian day 0."""
    era, day_of_era = divmod(days - 1_721_120, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    from_march, day = divmod(5 * day_of_year + 2, 153)
    month = from_march + 3 if from_march < 10 else from_march - 9
    return year_of_era + 400 * era + (month <= 2), month, day // 5 + 1


def read_moment(value: SqlValue) -> Moment | None:
    """The moment that a text or a number stands for."""
    if isinstance(value, str):
        found = _MOMENT.fullmatch(value) or _CLOCK.fullmatch(value)
        if found is not None:
            return _read_parts(found.groupdict())
        value = to_number(value)
    return _read_number(float(value)) if isinstance(value, int | float) else None


def _read_parts(parts: dict[str, Any]) -> Moment | None:
    month, day = int(parts.get("month") or 1), int(parts.get("day") or 1)
    year = int((parts.get("sign") or "") + (parts.get("year") or "2000"))
    clock = _read_clock(parts)
    if clock is None or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    moment = Moment(year, month, day, clock)
    if not parts["zone"]:
        return moment
    hours, minutes = int(parts["zone"][1:3]), int(parts["zone"][4:])
    if hours > 14 or minutes > 59:
        return None
    away = (hours * 60 + minutes) * 60_000
    return moment.at(moment.julian + (away if parts["zone"].startswith("-") else -away))


def _read_clock(parts: dict[str, Any]) -> int | None:
    """Milliseconds of ``HH:MM:SS.fff``."""
    hour, minute, second = int(parts["hour"] or 0), int(parts["minute"] or 0), float(parts["second"] or 0)
    if hour > 24 or minute > 59 or second >= 60:
        return None
    return (hour * 60 + minute) * 60_000 + int(second * 1000 + 0.5)


def _read_number(number: float) -> Moment:
    if 0 <= number < JULIAN_DAYS:
        return replace(Moment().at(int(number * DAY + 0.5)), number=number)
    return Moment(number=number, is_day_known=False)


def modify(moment: Moment, modifier: str, *, is_first: bool) -> Moment | None:
    """The moment changed by a modifier; None when that is nonsense."""
    for pattern, apply in MODIFIERS:
        found = pattern.fullmatch(modifier)
        if found is not None:
            if apply in ONLY_FIRST and not is_first:
                return None
            return apply(moment, found.groupdict())
    return None


def _start_of(moment: Moment, parts: dict[str, Any]) -> Moment | None:
    if not moment.is_day_known:
        return None
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
    if not -limit < amount < limit or _is_unexplained(moment):
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


def _shift(moment: Moment, parts: dict[str, Any]) -> Moment | None:
    """``+YYYY-MM-DD`` and perhaps `` HH:MM:SS``."""
    sign = -1 if parts["sign"] == "-" else 1
    months, days = int(parts["month"]), int(parts["day"])
    clock = _read_clock(parts)
    if months >= 12 or days >= 31 or clock is None or _is_unexplained(moment):
        return None
    moved = _add_months(moment, sign * (12 * int(parts["year"]) + months))
    return replace(moved.at(moved.julian + sign * (days * DAY + clock)), overflow=moved.overflow)


def _shift_clock(moment: Moment, parts: dict[str, Any]) -> Moment | None:
    clock = _read_clock(parts)
    if clock is None or _is_unexplained(moment):
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
    (_pattern("floor"), lambda moment, _: moment.at(moment.julian - moment.overflow * DAY)),
    (_pattern(r"weekday +(?P<weekday>[0-6])(\.0*)?"), _to_weekday),
    (
        _pattern(r"(?P<amount>[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?)\s+(?P<unit>" + "|".join(UNITS) + ")s?"),
        _add,
    ),
    (_pattern(r"(?P<sign>[+-])(?P<year>\d{4,5})-(?P<month>\d\d)-(?P<day>\d\d)(?:\s+" + _TIME + ")?"), _shift),
    (_pattern(r"(?P<sign>[+-]?)" + _TIME), _shift_clock),
)
ONLY_FIRST = (_from_unix, _from_julian, _from_either)


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
