"""Records' values as SQLite holds them in PocketBase's tables, and back. Pure."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.schema.fields import Field
from chalicelib.schema.fields.cast import to_number
from chalicelib.schema.fields.json import MAX_DEPTH, is_deeper, without_halves
from chalicelib.schema.fields.many import ManyField, read_texts

# What SQLite keeps.
Stored: TypeAlias = str | bytes | int | float | None

# Kept as JSON, as are all fields that hold lists.
JSON_TYPES = frozenset({"json", "geoPoint"})
# A column's declared type, by the field's; all others hold text.
DECLARED: Mapping[str, str] = {"bool": "BOOLEAN", "number": "NUMERIC", "json": "JSON", "geoPoint": "JSON"}
TEXT = "TEXT"
LIST = "JSON"

TOO_GREAT = "a number is beyond all bounds"
TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"


class NotHeld(Exception):
    """A value that no record may hold: says why."""


def value_from(field: Field, stored: Stored) -> Any:
    """What a column holds, in the field's normal form; JSON that no record may hold is told as its text."""
    try:
        return held_value(field, stored)
    except NotHeld:
        is_text = is_json(field) and isinstance(stored, str | bytes)
        return field.normalize(_text_of(stored)) if is_text else field.empty


def held_value(field: Field, stored: Stored) -> Any:
    """What a column holds, in the field's normal form. Raises NotHeld."""
    value = field.normalize(raw_value(field, stored))
    if isinstance(value, float) and not math.isfinite(value):
        raise NotHeld(TOO_GREAT)
    return value


def raw_value(field: Field, stored: Stored) -> Any:
    """What a column holds, JSON read; of numbers 1 alone is true. Raises NotHeld."""
    raw = _text_of(stored)
    if isinstance(raw, float):
        raw = to_number(_finite(raw))
    if not isinstance(raw, str):
        return raw == 1 if field.type == "bool" and raw is not None else raw
    if isinstance(field, ManyField):
        return read_texts(raw)
    return _decoded(raw) if is_json(field) else raw


def value_to(field: Field, value: Any) -> Stored:
    """A value in normal form as a column holds it."""
    if is_json(field):
        return None if value is None else write_json(value)
    return WRITERS.get(field.type, _write_text)(value)


def declared_type(field: Field) -> str:
    """The type that the field's column is declared with."""
    return LIST if field.is_multiple else DECLARED.get(field.type, TEXT)


def is_json(field: Field) -> bool:
    """Whether the column holds JSON."""
    return field.is_multiple or field.type in JSON_TYPES


def write_json(value: Any) -> str:
    """Any JSON value, as PocketBase writes it: without spaces."""
    return whole_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def whole_text(text: str) -> str:
    r"""Text as UTF-8 can hold it: halves of characters become U+FFFD.

    >>> whole_text("a\ud800b")
    'a�b'
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _text_of(stored: Stored) -> str | int | float | None:
    return stored.decode(errors="replace") if isinstance(stored, bytes) else stored


def _decoded(text: str) -> Any:
    """Text that is no JSON is a value, too: PocketBase shows it as it is.

    JSON is what any reader reads: no NaN, no number without end, nothing deeper than records may hold.
    """
    if text[:1].isspace():
        return text
    try:
        found = json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_integer)
    except ValueError:
        return text
    except RecursionError as error:
        raise NotHeld(TOO_DEEP) from error
    if is_deeper(found, MAX_DEPTH):
        raise NotHeld(TOO_DEEP)
    return without_halves(found)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(digits: str | float) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotHeld(TOO_GREAT)
    return number


def _integer(digits: str) -> int:
    _finite(digits)
    return int(digits)


def _write_text(value: Any) -> str:
    return whole_text(str(value))


WRITERS: Mapping[str, Callable[[Any], Stored]] = {"bool": int, "number": lambda value: value}
