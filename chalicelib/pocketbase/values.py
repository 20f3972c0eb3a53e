"""Records' values as PocketBase's database holds them, and back. Pure."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.schema.fields import Field
from chalicelib.schema.fields.json import MAX_DEPTH, is_deeper

# What SQLite keeps.
Stored: TypeAlias = str | bytes | int | float | None

TOO_GREAT = "a number is beyond all bounds"
TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"

# Kept as JSON, as are all fields that hold lists.
JSON_TYPES = frozenset({"json", "geoPoint"})
# What a column's type and default are, by the field's type; all others hold text.
COLUMNS: Mapping[str, str] = {
    "bool": "BOOLEAN DEFAULT FALSE NOT NULL",
    "number": "NUMERIC DEFAULT 0 NOT NULL",
    "json": "JSON DEFAULT NULL",
    "geoPoint": """JSON DEFAULT '{"lon":0,"lat":0}' NOT NULL""",
}
TEXT_COLUMN = "TEXT DEFAULT '' NOT NULL"
LIST_COLUMN = "JSON DEFAULT '[]' NOT NULL"
ID_COLUMN = "TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL"


class NotCarried(Exception):
    """A value that Quoll cannot hold: says why."""


def value_from(field: Field, stored: Stored) -> Any:
    """What a column holds, in the field's normal form. Raises NotCarried."""
    value = field.normalize(_raw_of(field, stored))
    if isinstance(value, float) and not math.isfinite(value):
        raise NotCarried(TOO_GREAT)
    return value


def is_changed(field: Field, stored: Stored, value: Any) -> bool:
    """Whether what a column holds is another value in normal form. A list of one may lack brackets."""
    if stored is None or stored == value:
        return False
    raw = _raw_of(field, stored)
    return raw != value and not (field.is_multiple and value == ([raw] if raw else []))


def value_to(field: Field, value: Any) -> Stored:
    """A value in normal form as a column holds it."""
    if _is_json(field):
        return None if value is None else write_json(value)
    return WRITERS.get(field.type, _write_text)(value)


def column_of(field: Field) -> str:
    """The column that a field has."""
    if field.name == "id":
        return ID_COLUMN
    return LIST_COLUMN if field.is_multiple else COLUMNS.get(field.type, TEXT_COLUMN)


def write_json(value: Any) -> str:
    """Any JSON value, as PocketBase writes it: without spaces."""
    return whole_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def whole_text(text: str) -> str:
    r"""Text as UTF-8 can hold it: halves of characters become U+FFFD.

    >>> whole_text("a\ud800b")
    'a�b'
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_json(field: Field) -> bool:
    return field.is_multiple or field.type in JSON_TYPES


def _raw_of(field: Field, stored: Stored) -> Any:
    raw = stored.decode(errors="replace") if isinstance(stored, bytes) else stored
    return _decoded(raw) if isinstance(raw, str) and _is_json(field) else raw


def _decoded(text: str) -> Any:
    """Text that is no JSON is a value, too: PocketBase shows it as it is."""
    try:
        found = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except ValueError:
        return text
    except RecursionError as error:
        raise NotCarried(TOO_DEEP) from error
    if is_deeper(found, MAX_DEPTH):
        raise NotCarried(TOO_DEEP)
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotCarried(TOO_GREAT)
    return number


def _write_text(value: Any) -> str:
    return whole_text(str(value))


WRITERS: Mapping[str, Callable[[Any], Stored]] = {"bool": int, "number": lambda value: value}
