"""The many spellings of a moment that PocketBase understands, and the one it answers with.

An unknown spelling is an empty date, not an error.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# The zero moment of PocketBase, which it shows as an empty date.
NO_MOMENT = "0001-01-01 00:00:00.000Z"

# The calendar repeats itself after so many years: years that `datetime` does not have are counted in others.
CYCLE, STAND_IN = 400, 2000

DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?"
OFFSET = r"(?P<offset>[+-]\d\d:?\d\d)"
PLAIN_OFFSET = r"(?P<offset>[+-]\d{4})"
# All names of zones mean UTC, but for GMT+3 and the like: that one is three hours behind.
ZONE = r"(?:GMT(?P<hours>[+-]\d{1,2})|WITA|ChST|MeST|[A-Z]{3,4}T|[A-Z]{3})"
MONTH = rf"(?P<month_name>(?i:{'|'.join(MONTHS)}))"
WEEKDAY = r"(?i:mon|tue|wed|thu|fri|sat|sun)"
LONG_WEEKDAY = r"(?i:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
DAY = r"(?P<day>\d\d)"
PADDED_DAY = r"(?P<day>\x20?\d|\d\d)"
SHORT_YEAR = r"(?P<short_year>\d\d)"
YEAR = r"(?P<year>\d{4})"

SPELLINGS = tuple(
    re.compile(spelling.replace(" ", " +"), re.ASCII)
    # Where one space is due, there may be several.
    for spelling in (
        rf"{DATE}(?:T| ){TIME}(?:Z|{OFFSET})?",
        DATE,
        rf"{DATE} {TIME} {OFFSET}",
        rf"{DATE} {TIME} {PLAIN_OFFSET} {ZONE}",
        rf"{WEEKDAY}, {DAY} {MONTH} {YEAR} {TIME} (?:{PLAIN_OFFSET}|{ZONE})",
        rf"{DAY} {MONTH} {SHORT_YEAR} (?P<hour>\d{{1,2}}):(?P<minute>\d\d) (?:{PLAIN_OFFSET}|{ZONE})",
        rf"{LONG_WEEKDAY}, {DAY}-{MONTH}-{SHORT_YEAR} {TIME} {ZONE}",
        rf"{WEEKDAY} {MONTH} {PADDED_DAY} {TIME} (?:{ZONE} )?{YEAR}",
        rf"{WEEKDAY} {MONTH} {DAY} {TIME} {PLAIN_OFFSET} {YEAR}",
        rf"{DAY} {MONTH} {YEAR}",
        r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?P<half>[AP]M)",
        rf"{MONTH} {PADDED_DAY} {TIME}",
    )
)


def to_moment(raw: Any) -> str:
    """``2026-01-31 09:05:00.123Z``, or "" for anything that spells no moment."""
    if not isinstance(raw, str):
        return ""
    found = (spelling.fullmatch(raw) for spelling in SPELLINGS)
    texts = (_written(match.groupdict()) for match in found if match)
    return next((text for text in texts if text), "")


def _written(parts: dict[str, str | None]) -> str:
    year = _year(parts)
    try:
        local = datetime(STAND_IN + year % CYCLE, _month(parts), _number(parts, "day", 1), tzinfo=UTC)
        moment = local + _time_of_day(parts) - _offset(parts)
    except ValueError:
        return ""
    year += moment.year - local.year
    millisecond = moment.microsecond // 1000
    text = f"{year:04d}-{moment:%m-%d %H:%M:%S}.{millisecond:03d}Z"
    return text if 0 <= year <= 9999 and text != NO_MOMENT else ""


def _number(parts: dict[str, str | None], name: str, default: int = 0) -> int:
    return int(parts.get(name) or default)


def _year(parts: dict[str, str | None]) -> int:
    short = parts.get("short_year")
    if short is None:
        return _number(parts, "year")
    return int(short) + (1900 if int(short) >= 69 else 2000)


def _month(parts: dict[str, str | None]) -> int:
    name = parts.get("month_name")
    return MONTHS.index(name.lower()) + 1 if name else _number(parts, "month", 1)


def _time_of_day(parts: dict[str, str | None]) -> timedelta:
    hour, minute, second = (_number(parts, name) for name in ("hour", "minute", "second"))
    if hour > (12 if parts.get("half") else 23) or minute > 59 or second > 59:
        raise ValueError
    if parts.get("half"):
        hour = hour % 12 + (12 if parts["half"] == "PM" else 0)
    milliseconds = (parts.get("fraction") or "")[:3].ljust(3, "0")
    return timedelta(hours=hour, minutes=minute, seconds=second, milliseconds=int(milliseconds))


def _offset(parts: dict[str, str | None]) -> timedelta:
    text = parts.get("offset")
    if not text:
        return timedelta(hours=-_number(parts, "hours"))
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 24 or minutes > 60:
        raise ValueError
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
