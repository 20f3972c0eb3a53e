"""The functions of the language."""

from collections.abc import Callable, Sequence
from math import acos, cos, isfinite, pi, sin

from chalicelib.filters.dates import strftime
from chalicelib.filters.sql_text import SqlValue, to_number
from chalicelib.frozen import dataclass

EARTH_RADIUS_KM = 6371
MAX_MODIFIERS = 8


# What may stand in an argument's place: a text, a number, or a name (true, false and null are names here).
TEXT = frozenset({"text"})
NUMBER = frozenset({"number", "name"})
MOMENT = frozenset({"text", "number", "name"})


@dataclass(frozen=True)
class Parameter:
    """What an argument may be, and what to say when it is not or when its name leads nowhere."""

    takes: frozenset[str]
    refusal: str
    unresolved: str = ""


@dataclass(frozen=True)
class Function:
    """A function's meaning, its parameters, how many of them it needs, and what to say when it has others."""

    apply: Callable[[Sequence[SqlValue]], SqlValue]
    parameters: tuple[Parameter, ...]
    needs: int
    too_few: str
    too_many: str

    def refuse_count(self, count: int) -> str | None:
        """What is wrong with this many arguments."""
        if self.needs <= count <= len(self.parameters):
            return None
        text = self.too_few if count < self.needs else self.too_many
        return text.format(most=len(self.parameters), needs=self.needs, count=count)


def geo_distance(arguments: Sequence[SqlValue]) -> SqlValue:
    """Kilometres between two points: longitude A, latitude A, longitude B, latitude B."""
    numbers = [to_number(argument) for argument in arguments]
    angles = [number * pi / 180 for number in numbers if isinstance(number, int | float)]
    if len(angles) < len(numbers) or not all(map(isfinite, angles)):
        return None
    lon_a, lat_a, lon_b, lat_b = angles
    cosine = cos(lat_a) * cos(lat_b) * cos(lon_b - lon_a) + sin(lat_a) * sin(lat_b)
    return EARTH_RADIUS_KM * acos(min(1, max(-1, cosine)))


_EXACTLY = "expected {needs} arguments, got {count}"
_COORDINATES = tuple(
    Parameter(
        NUMBER, f"argument {place} must be an identifier or number", f"failed to resolve argument {place}"
    )
    for place in range(4)
)
_FORMAT = Parameter(TEXT, "expects the first argument to be a format string")
_MOMENT = Parameter(
    MOMENT,
    "expects the second argument to be of a valid time-value type",
    "failed to resolve time-value argument",
)
_MODIFIERS = tuple(
    Parameter(TEXT, f"invalid modifier argument {place} - can be only string")
    for place in range(MAX_MODIFIERS)
)

FUNCTIONS: dict[str, Function] = {
    "geoDistance": Function(geo_distance, _COORDINATES, 4, too_few=_EXACTLY, too_many=_EXACTLY),
    "strftime": Function(
        strftime,
        (_FORMAT, _MOMENT, *_MODIFIERS),
        1,
        too_few="expected at least {needs} arguments, got {count}",
        too_many="too many arguments (max allowed {most}, got {count})",
    ),
}
