"""A choice among fixed values."""

from typing import ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.limits import check_range
from chalicelib.schema.fields.many import ManyField, Texts, list_texts
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

SENTENCE_ENDS = (".", "!", "?")


@dataclass(frozen=True, kw_only=True)
class SelectField(ManyField):
    """One of `values`, or up to `max_select` of them."""

    type: ClassVar[str] = "select"

    values: tuple[str, ...] = ()

    def check(self, value: Texts) -> Problem | None:
        texts = list_texts(value)
        if not texts:
            return REQUIRED if self.required else None
        limit = max(self.max_select, 1)
        if len(texts) > limit:
            return too_many(limit)
        unknown = (text for text in texts if text not in self.values)
        return next((_not_a_choice(text) for text in unknown), None)

    def check_own_options(self) -> Problems:
        return without_none(
            {
                "values": None if self.values else REQUIRED,
                "maxSelect": check_range(self.max_select, 0, max(len(self.values), 1)),
            }
        )


def too_many(limit: int) -> Problem:
    """More values than the field takes."""
    return Problem("validation_too_many_values", f"Select no more than {limit}.", {"maxSelect": limit})


def _not_a_choice(text: str) -> Problem:
    message = f"Invalid value {text}".rstrip()
    end = "" if message.endswith(SENTENCE_ENDS) else "."
    return Problem("validation_invalid_value", message + end, {"value": text})
