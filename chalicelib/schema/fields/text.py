"""Text, and the ids of records."""

from collections.abc import Mapping
from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.cast import to_text
from chalicelib.schema.fields.limits import MAX_SAFE_INTEGER, check_optional_range, check_range
from chalicelib.schema.fields.matching import BAD_FORMAT, check_pattern, matches_pattern
from chalicelib.schema.fields.primary_key import CHANGED, NOT_HIDDEN, WRONG_NAME, check_primary_key
from chalicelib.schema.patterns import PatternError, compile_pattern
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

DEFAULT_MAX = 5000


@dataclass(frozen=True, kw_only=True)
class TextField(Field):
    """Plain text, counted in characters. As the primary key it is the record's id."""

    type: ClassVar[str] = "text"
    modifiers: ClassVar[Mapping[str, str]] = {"{}:autogenerate": "autogenerate"}

    min: int = 0
    max: int = 0
    pattern: str = ""
    autogenerate_pattern: str = ""
    primary_key: bool = False
    required: bool = False

    def normalize(self, raw: Any) -> str:
        return to_text(raw)

    def modify(self, modifier: str, current: Any, operand: Any) -> str:
        """What was submitted, with generated text appended."""
        return to_text(operand) + self._generated()

    def on_create(self, value: str, now: str) -> str:
        return value or self._generated()

    def _generated(self) -> str:
        return compile_pattern(self.autogenerate_pattern).generate() if self.autogenerate_pattern else ""

    def check(self, value: str) -> Problem | None:
        if not value:
            return REQUIRED if self.required or self.primary_key else None
        if found := self._check_length(len(value)):
            return found
        if not matches_pattern(self.pattern, value):
            return BAD_FORMAT
        return check_primary_key(value) if self.primary_key else None

    def check_change(self, before: str, value: str) -> Problem | None:
        return CHANGED if self.primary_key and before and value != before else None

    def _check_length(self, length: int) -> Problem | None:
        if length < self.min:
            return _out_of_bounds("min", f"at least {self.min}", self.min)
        limit = self.max or DEFAULT_MAX
        return _out_of_bounds("max", f"no more than {limit}", limit) if 0 < limit < length else None

    def check_own_options(self) -> Problems:
        found = {
            "min": check_range(self.min),
            "max": check_optional_range(self.max, self.min, MAX_SAFE_INTEGER),
            "pattern": check_pattern(self.pattern),
            "autogeneratePattern": check_pattern(self.autogenerate_pattern) or self._check_generated(),
        }
        return without_none({**found, **(self._check_as_primary_key() if self.primary_key else {})})

    def _check_as_primary_key(self) -> Mapping[str, Problem | None]:
        return {
            "name": None if self.name == "id" else WRONG_NAME,
            "required": None if self.required else REQUIRED,
            "hidden": NOT_HIDDEN if self.hidden else None,
            "pattern": check_pattern(self.pattern) if self.pattern else REQUIRED,
        }

    def _check_generated(self) -> Problem | None:
        try:
            sample = self._generated()
        except PatternError as error:
            return Problem("validation_invalid_autogenerate_pattern", f"{error}.")
        if not self.autogenerate_pattern or not self.check(sample):
            return None
        return Problem(
            "validation_invalid_autogenerate_pattern_value",
            f'The provided autogenerate pattern could produce invalid field values, ex.: "{sample}".',
        )


def _out_of_bounds(side: str, bounds: str, limit: int) -> Problem:
    return Problem(f"validation_{side}_text_constraint", f"Must be {bounds} character(s).", {side: limit})
