"""Numbers."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.cast import to_number
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

NOT_A_NUMBER = Problem("validation_not_a_number", "The submitted number is not properly formatted.")
# Integers are those of 64 bits.
INT64_LIMIT = 2**63
ONLY_INT = Problem("validation_only_int_constraint", "Decimal numbers are not allowed.")


@dataclass(frozen=True, kw_only=True)
class NumberField(Field):
    """A double: an int in normal form while that is exact, else a float. 0 counts as empty."""

    type: ClassVar[str] = "number"
    modifiers: ClassVar[Mapping[str, str]] = {"{}+": "add", "{}-": "subtract"}

    min: float | None = None
    max: float | None = None
    only_int: bool = False
    required: bool = False

    @property
    def empty(self) -> int:
        return 0

    def normalize(self, raw: Any) -> int | float:
        return to_number(raw)

    def modify(self, modifier: str, current: Any, operand: Any) -> int | float:
        sign = -1 if modifier == "subtract" else 1
        return to_number(float(to_number(current)) + sign * float(to_number(operand)))

    def check(self, value: int | float) -> Problem | None:
        if not math.isfinite(value):
            return NOT_A_NUMBER
        if value == 0:
            return REQUIRED if self.required else None
        if self.only_int and not _is_integer(value):
            return ONLY_INT
        return self._check_bounds(value)

    def _check_bounds(self, value: float) -> Problem | None:
        if self.min is not None and value < self.min:
            return _too_low(self.min)
        return _too_high(self.max) if self.max is not None and value > self.max else None

    def check_own_options(self) -> Problems:
        found = {"min": self._check_whole(self.min), "max": self._check_whole(self.max)}
        if not found["max"] and self.min is not None and self.max is not None and self.max < self.min:
            found["max"] = _too_low(self.min)
        return without_none(found)

    def _check_whole(self, bound: float | None) -> Problem | None:
        fractional = self.only_int and bound is not None and not _is_integer(bound)
        return ONLY_INT if fractional else None


def _is_integer(value: float) -> bool:
    return value == int(value) and -INT64_LIMIT <= value < INT64_LIMIT


def _too_low(least: float) -> Problem:
    return _out_of_bounds("min", "greater", to_number(least))


def _too_high(greatest: float) -> Problem:
    return _out_of_bounds("max", "less", to_number(greatest))


def _out_of_bounds(side: str, word: str, limit: int | float) -> Problem:
    message = f"Must be {word} or equal than {_in_words(limit)}."
    return Problem(f"validation_{side}_number_constraint", message, {side: limit})


def _in_words(limit: int | float) -> str:
    """A number as PocketBase's messages show it: from a million on with an exponent."""
    number = Decimal(repr(float(limit)))
    exponent = number.adjusted()
    if not number or -4 <= exponent < 6:
        return f"{number.normalize():f}"
    return f"{number.scaleb(-exponent).normalize():f}e{exponent:+03d}"
