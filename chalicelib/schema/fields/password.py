"""Passwords: never answered, stored as a bcrypt hash."""

from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.cast import to_text
from chalicelib.schema.fields.limits import check_optional_range
from chalicelib.schema.fields.matching import BAD_FORMAT, check_pattern, matches_pattern
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

# bcrypt reads no more than 72 bytes.
MAX_BYTES = 72
MAX_LENGTH = 71
LEAST_COST, GREATEST_COST = 4, 31

TOO_MANY_BYTES = Problem("validation_invalid_value", "Invalid value.")


class PlainPassword(str):
    """A password as typed, until it is hashed. It does not show itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "PlainPassword('***')"


@dataclass(frozen=True, kw_only=True)
class PasswordField(Field):
    """A hash, or the plain text that is to be hashed. `cost` 0 is bcrypt's usual one."""

    type: ClassVar[str] = "password"

    min: int = 0
    max: int = 0
    pattern: str = ""
    cost: int = 0
    required: bool = False

    def normalize(self, raw: Any) -> str:
        return raw if isinstance(raw, str) else ""

    def accept(self, raw: Any) -> str:
        text = to_text(raw)
        return PlainPassword(text) if text else ""

    def check(self, value: str) -> Problem | None:
        if not value:
            return REQUIRED if self.required else None
        return self._check_plain(value) if isinstance(value, PlainPassword) else None

    def _check_plain(self, value: str) -> Problem | None:
        if len(value.encode(errors="surrogatepass")) > MAX_BYTES:
            return TOO_MANY_BYTES
        if len(value) < self.min:
            return Problem("validation_min_text_constraint", f"Must be at least {self.min} character(s).")
        limit = self.max or MAX_LENGTH
        if len(value) > limit:
            return Problem("validation_max_text_constraint", f"Must be less than {limit} character(s).")
        return None if matches_pattern(self.pattern, value) else BAD_FORMAT

    def check_own_options(self) -> Problems:
        return without_none(
            {
                "min": check_optional_range(self.min, 1, MAX_LENGTH),
                "max": check_optional_range(self.max, self.min, MAX_LENGTH),
                "cost": check_optional_range(self.cost, LEAST_COST, GREATEST_COST),
                "pattern": check_pattern(self.pattern),
            }
        )
