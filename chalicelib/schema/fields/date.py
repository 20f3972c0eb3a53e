"""Dates with a time of day, in UTC."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.moments import to_moment
from chalicelib.schema.problems import REQUIRED, Problem


@dataclass(frozen=True, kw_only=True)
class DateField(Field):
    """A moment as text that sorts: ``2026-01-31 09:05:00.123Z``."""

    type: ClassVar[str] = "date"

    min: str = ""
    max: str = ""
    required: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        given = super().from_json(data)
        return replace(given, min=to_moment(given.min), max=to_moment(given.max))

    def normalize(self, raw: Any) -> str:
        return to_moment(raw)

    def check(self, value: str) -> Problem | None:
        if not value:
            return REQUIRED if self.required else None
        if self.min and value < self.min:
            return _out_of_bounds("min_greater", "less", self.min)
        return _out_of_bounds("max_less", "greater", self.max) if self.max and value > self.max else None


def _out_of_bounds(side: str, word: str, bound: str) -> Problem:
    shown = bound.removesuffix("Z").rstrip("0").removesuffix(".")
    return Problem(
        f"validation_{side}_equal_than_required",
        f"Must be no {word} than {shown} +0000 UTC.",
        {"threshold": shown.replace(" ", "T") + "Z"},
    )
