"""The functions of the language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import acos, cos, pi, sin

from chalicelib.filters.dates import strftime
from chalicelib.filters.sql_text import SqlValue, to_number

EARTH_RADIUS_KM = 6371
MAX_MODIFIERS = 8


# What may stand in an argument's place: a text, a number, or a name (true, false and null are names here).
TEXT = frozenset({"text"})
NUMBER = frozenset({"number", "name"})
MOMENT = frozenset({"text", "number", "name"})
NOW = "now"


@dataclass(frozen=True)
class Function:
    """A function's meaning, what its arguments may be, and how many it needs."""

    apply: Callable[[Sequence[SqlValue]], SqlValue]
    takes: tuple[frozenset[str], ...]
    needs: int


def geo_distance(arguments: Sequence[SqlValue]) -> SqlValue:
    """Kilometres between two points: longitude A, latitude A, longitude B, latitude B."""
    numbers = [to_number(argument) for argument in arguments]
    angles = [number * pi / 180 for number in numbers if isinstance(number, int | float)]
    if len(angles) < len(numbers):
        return None
    lon_a, lat_a, lon_b, lat_b = angles
    cosine = cos(lat_a) * cos(lat_b) * cos(lon_b - lon_a) + sin(lat_a) * sin(lat_b)
    return EARTH_RADIUS_KM * acos(min(1, max(-1, cosine)))


FUNCTIONS: dict[str, Function] = {
    "geoDistance": Function(geo_distance, takes=(NUMBER,) * 4, needs=4),
    "strftime": Function(strftime, takes=(TEXT, MOMENT) + (TEXT,) * MAX_MODIFIERS, needs=1),
}
