"""Records' values as PocketBase's database holds them, and back. Pure."""

import json
import math
from collections.abc import Mapping
from typing import Any

from chalicelib.schema.fields import Field
from chalicelib.schema.fields.json import MAX_DEPTH, is_deeper
from chalicelib.schema.sqlite_values import Stored, is_json

TOO_GREAT = "a number is beyond all bounds"
TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"

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


def column_of(field: Field) -> str:
    """The column that a field has."""
    if field.name == "id":
        return ID_COLUMN
    return LIST_COLUMN if field.is_multiple else COLUMNS.get(field.type, TEXT_COLUMN)


def _raw_of(field: Field, stored: Stored) -> Any:
    raw = stored.decode(errors="replace") if isinstance(stored, bytes) else stored
    return _decoded(raw) if isinstance(raw, str) and is_json(field) else raw


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
