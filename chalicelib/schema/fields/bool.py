"""Booleans."""

from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.cast import to_bool
from chalicelib.schema.problems import REQUIRED, Problem


@dataclass(frozen=True, kw_only=True)
class BoolField(Field):
    """True or false; when required, true."""

    type: ClassVar[str] = "bool"

    required: bool = False

    @property
    def empty(self) -> bool:
        return False

    def normalize(self, raw: Any) -> bool:
        return to_bool(raw)

    def check(self, value: bool) -> Problem | None:
        return REQUIRED if self.required and not value else None
