"""Any JSON value."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from chalicelib.frozen import dataclass
from chalicelib.schema.fields.base import Field
from chalicelib.schema.fields.cast import to_number
from chalicelib.schema.fields.limits import check_range
from chalicelib.schema.problems import REQUIRED, Problem, Problems, without_none

DEFAULT_MAX_SIZE = 1 << 20

# Nesting beyond it is refused: everything that later walks a value may then do it by recursion.
MAX_DEPTH = 200

WORDS = frozenset({"null", "true", "false"})
STARTS = tuple('{["-0123456789')

BAD_JSON = Problem("validation_invalid_json", "Must be a valid json value.")


class BadJson(str):
    """Text with JSON's form that means nothing: a key given twice, a number beyond all bounds."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class JsonField(Field):
    """Whatever was submitted; null is empty. Text that holds JSON is decoded when submitted, once."""

    type: ClassVar[str] = "json"

    max_size: int = 0
    required: bool = False

    @property
    def empty(self) -> None:
        return None

    def normalize(self, raw: Any) -> Any:
        return raw

    def accept(self, raw: Any) -> Any:
        value = _decoded(raw) if isinstance(raw, str) else raw
        if is_deeper(value, MAX_DEPTH):
            return BadJson()
        return value if isinstance(raw, str) else _tidied(raw)

    def check(self, value: Any) -> Problem | None:
        if isinstance(value, BadJson):
            return BAD_JSON
        limit = self.max_size or DEFAULT_MAX_SIZE
        if _size(value) > limit:
            return _too_big(limit)
        is_empty = value is None or value in ("", [], {})
        return REQUIRED if self.required and is_empty else None

    def check_own_options(self) -> Problems:
        return without_none({"maxSize": check_range(self.max_size)})


def _decoded(text: str) -> Any:
    if text not in WORDS and not text.startswith(STARTS):
        return text
    try:
        value = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_without_doubles
        )
    except json.JSONDecodeError:
        return text
    except (ValueError, RecursionError):
        return BadJson()
    return without_halves(value)


def is_deeper(value: Any, depth: int) -> bool:
    """Whether lists and objects are nested more than so deep."""
    level = [value]
    for _ in range(depth):
        level = [item for each in level for item in _items(each)]
    return any(isinstance(each, Mapping | list) for each in level)


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse(constant: str) -> Any:
    raise json.JSONDecodeError("not JSON", constant, 0)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def without_halves(value: Any) -> Any:
    """Halves of characters, which JSON's escapes can spell but UTF-8 cannot, become U+FFFD."""
    text = json.dumps(value, ensure_ascii=False)
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value if whole == text else json.loads(whole)


def _tidied(raw: Any) -> Any:
    """Numbers at a double's precision, keys sorted: what is left of a body once it was decoded."""
    if isinstance(raw, list):
        return [_tidied(item) for item in raw]
    if isinstance(raw, Mapping):
        return {key: _tidied(raw[key]) for key in sorted(raw)}
    if isinstance(raw, bool | str):
        return raw
    return to_number(raw) if isinstance(raw, int | float) else None


def _too_big(limit: int) -> Problem:
    return Problem(
        "validation_json_size_limit", f"The maximum allowed JSON size is {limit} bytes.", {"maxSize": limit}
    )


def _size(value: Any) -> int:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode(errors="surrogatepass"))
