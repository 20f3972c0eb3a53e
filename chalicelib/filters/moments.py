"""Moments as SQLite counts them: milliseconds since noon of Julian day 0."""

import re
from dataclasses import replace
from typing import Any

from chalicelib.filters.sql_text import SqlValue, to_number
from chalicelib.frozen import dataclass

DAY = 86_400_000
HALF_DAY = DAY // 2
LAST = 464_269_060_799_999
UNIX_EPOCH = 210_866_760_000_000
# A number below this is a Julian day, any other is only a number until a modifier says what it counts.
JULIAN_DAYS = 5_373_484.5

_DATE = r"(?P<sign>-?)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d+)?))?"
_ZONE = r"\s*+(?:(?:(?P<zone>[+-]\d\d:\d\d)|[Zz])\s*+)?"
_MOMENT = re.compile(rf"{_DATE}[\sT]*+(?:{CLOCK}{_ZONE})?", re.ASCII)
_TIME_OF_DAY = re.compile(CLOCK + _ZONE, re.ASCII)


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
        found = _MOMENT.fullmatch(value) or _TIME_OF_DAY.fullmatch(value)
        if found is not None:
            return _read_parts(found.groupdict())
        value = to_number(value)
    return _read_number(float(value)) if isinstance(value, int | float) else None


def _read_parts(parts: dict[str, Any]) -> Moment | None:
    month, day = int(parts.get("month") or 1), int(parts.get("day") or 1)
    year = int((parts.get("sign") or "") + (parts.get("year") or "2000"))
    clock = read_clock(parts)
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


def read_clock(parts: dict[str, Any]) -> int | None:
    """Milliseconds of ``HH:MM:SS.fff``."""
    hour, minute, second = int(parts["hour"] or 0), int(parts["minute"] or 0), float(parts["second"] or 0)
    if hour > 24 or minute > 59 or second >= 60:
        return None
    return (hour * 60 + minute) * 60_000 + int(second * 1000 + 0.5)


def _read_number(number: float) -> Moment:
    if 0 <= number < JULIAN_DAYS:
        return replace(Moment().at(int(number * DAY + 0.5)), number=number)
    return Moment(number=number, is_day_known=False)
