"""The tree of an expression as it was written: names are still names."""

from typing import TypeAlias

from chalicelib.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, or a word: true, false (1 and 0) or null."""

    value: str | float | None
    is_word: bool = False
    position: int = -1


@dataclass(frozen=True, slots=True)
class Name:
    """``title``, ``author.name:lower``, ``@request.auth.id``, ``@now``."""

    text: str
    position: int = -1


@dataclass(frozen=True, slots=True)
class Call:
    """``geoDistance(place.lon, place.lat, 23.3, 42.7)``."""

    function: str
    arguments: tuple["Operand", ...]
    position: int = -1


Operand: TypeAlias = Literal | Name | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operator between two operands; `any_match` for the forms with ``?``."""

    left: Operand
    operator: str
    right: Operand
    any_match: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """All of the parts hold."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the parts holds."""

    parts: tuple["Expression", ...]


Expression: TypeAlias = Comparison | All | Any
EVERYTHING = All(())
