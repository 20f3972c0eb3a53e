"""strftime(format, moment, modifier...), with SQLite's formats, moments and modifiers."""

import re
from collections.abc import Callable, Sequence

from chalicelib.filters.modifiers import read_modified
from chalicelib.filters.moments import DAY, HALF_DAY, UNIX_EPOCH, Moment, days_before
from chalicelib.filters.sql_text import SqlValue, to_text

_CODE = re.compile(r"%(.?)|[^%]+", re.DOTALL)


def strftime(arguments: Sequence[SqlValue]) -> SqlValue:
    """The moment as text; null when the format, the moment or a modifier is nonsense."""
    template, *values = arguments
    moment = read_modified(values)
    if moment is None:
        return None
    moment = moment.at(moment.julian)
    parts = [_fill(found, moment) for found in _CODE.finditer(to_text(template) or "")]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _fill(found: re.Match[str], moment: Moment) -> str | None:
    if found.group(1) is None:
        return found.group()
    write = CODES.get(found.group(1))
    return None if write is None else write(moment)


def _hour(moment: Moment) -> int:
    return moment.milliseconds // 3_600_000


def _hour_of_12(moment: Moment) -> int:
    return _hour(moment) % 12 or 12


def _minute(moment: Moment) -> int:
    return moment.milliseconds // 60_000 % 60


def _second(moment: Moment) -> float:
    return moment.milliseconds % 60_000 / 1000


def _day_of_year(moment: Moment) -> int:
    return (moment.julian + HALF_DAY) // DAY - days_before(moment.year, 1)


def _after_monday(moment: Moment) -> int:
    return (moment.julian + HALF_DAY) // DAY % 7


def _after_sunday(moment: Moment) -> int:
    return ((moment.julian + HALF_DAY) // DAY + 1) % 7


def _thursday(moment: Moment) -> Moment:
    """The Thursday of the same ISO week, which decides its year."""
    return moment.at(moment.julian + (3 - _after_monday(moment)) * DAY)


def _unix(moment: Moment) -> str:
    milliseconds = moment.julian - UNIX_EPOCH
    return f"{milliseconds / 1000:.3f}" if moment.shows_fractions else str(milliseconds // 1000)


def _clock(moment: Moment) -> str:
    return f"{_hour(moment):02}:{_minute(moment):02}"


CODES: dict[str, Callable[[Moment], str]] = {
    "%": lambda _: "%",
    "d": lambda moment: f"{moment.day:02}",
    "e": lambda moment: f"{moment.day:2}",
    "f": lambda moment: f"{_second(moment):06.3f}",
    "F": lambda moment: f"{moment.year:04}-{moment.month:02}-{moment.day:02}",
    "g": lambda moment: f"{_thursday(moment).year % 100:02}",
    "G": lambda moment: f"{_thursday(moment).year:04}",
    "H": lambda moment: f"{_hour(moment):02}",
    "I": lambda moment: f"{_hour_of_12(moment):02}",
    "j": lambda moment: f"{_day_of_year(moment) + 1:03}",
    "J": lambda moment: f"{moment.julian / DAY:.16g}",
    "k": lambda moment: f"{_hour(moment):2}",
    "l": lambda moment: f"{_hour_of_12(moment):2}",
    "m": lambda moment: f"{moment.month:02}",
    "M": lambda moment: f"{_minute(moment):02}",
    "p": lambda moment: "PM" if _hour(moment) >= 12 else "AM",
    "P": lambda moment: "pm" if _hour(moment) >= 12 else "am",
    "R": _clock,
    "s": _unix,
    "S": lambda moment: f"{int(_second(moment)):02}",
    "T": lambda moment: f"{_clock(moment)}:{int(_second(moment)):02}",
    "u": lambda moment: str(_after_monday(moment) + 1),
    "U": lambda moment: f"{(_day_of_year(moment) + 7 - _after_sunday(moment)) // 7:02}",
    "V": lambda moment: f"{_day_of_year(_thursday(moment)) // 7 + 1:02}",
    "w": lambda moment: str(_after_sunday(moment)),
    "W": lambda moment: f"{(_day_of_year(moment) + 7 - _after_monday(moment)) // 7:02}",
    "Y": lambda moment: f"{moment.year:04}",
}
