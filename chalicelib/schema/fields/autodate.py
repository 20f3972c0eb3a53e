"""Dates that are set by themselves."""

from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.moments import to_moment
from chalicelib.schema.problems import Problem, Problems

NEVER_SET = Problem("validation_required", "Either onCreate or onUpdate must be enabled.")


@dataclass(frozen=True, kw_only=True)
class AutodateField(Field):
    """The moment of creation, of the last change, or both. Clients cannot set it."""

    type: ClassVar[str] = "autodate"
    unused: ClassVar[frozenset[str]] = frozenset({"help"})
    settable: ClassVar[bool] = False

    on_create_set: bool = False
    on_update_set: bool = False
    json_names = {"on_create_set": "onCreate", "on_update_set": "onUpdate"}

    def normalize(self, raw: Any) -> str:
        return to_moment(raw)

    def check(self, value: str) -> None:
        return None

    def on_create(self, value: str, now: str) -> str:
        return now if self.on_create_set else value

    def on_update(self, value: str, now: str) -> str:
        return now if self.on_update_set else value

    def check_own_options(self) -> Problems:
        if self.on_create_set or self.on_update_set:
            return {}
        return {"onCreate": NEVER_SET, "onUpdate": NEVER_SET}
