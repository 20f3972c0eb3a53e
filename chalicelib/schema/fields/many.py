"""Fields that hold one text or a list of different texts: select, relation, file."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.cast import to_text

Texts = str | list[str]

JSON_SPACE = " \t\r\n"


@dataclass(frozen=True, kw_only=True)
class ManyField(Field):
    """A text when `max_select` is at most 1, else a list. No text is empty or there twice."""

    modifiers: ClassVar[Mapping[str, str]] = {"{}+": "append", "+{}": "prepend", "{}-": "subtract"}

    max_select: int = 0
    required: bool = False

    @property
    def is_multiple(self) -> bool:
        return self.max_select > 1

    @property
    def empty(self) -> Texts:
        return [] if self.is_multiple else ""

    def normalize(self, raw: Any) -> Texts:
        """Of several values a single-valued field keeps the last."""
        return self._shaped(list_texts(raw))

    def accept(self, raw: Any) -> Texts:
        """A list may also be submitted as JSON in a text."""
        return self._shaped(list_texts(read_texts(raw)))

    def modify(self, modifier: str, current: Any, operand: Any) -> Texts:
        here, changed = list_texts(current), list_texts(read_texts(operand))
        results = {
            "append": [*here, *changed],
            "prepend": [*changed, *here],
            "subtract": [text for text in here if text not in changed],
        }
        return self._shaped(_unique(results[modifier]))

    def _shaped(self, texts: list[str]) -> Texts:
        if self.is_multiple:
            return texts
        return texts[-1] if texts else ""


def list_texts(raw: Any) -> list[str]:
    """The different texts in a list or a single value; one item that is none spoils them all."""
    items = raw if isinstance(raw, list) else [raw]
    if any(isinstance(item, list | Mapping) for item in items):
        return []
    return _unique(to_text(item) for item in items)


def read_texts(raw: Any) -> Any:
    """A JSON list of nothing but texts; text that is something else stays as it is."""
    if not isinstance(raw, str) or not raw.lstrip(JSON_SPACE).startswith("["):
        return raw
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    return found if all(item is None or isinstance(item, str) for item in found) else raw


def _unique(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]
