"""Records' values as PocketBase's database holds them, and back. Pure."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.schema.fields import Field

# What SQLite keeps.
Stored: TypeAlias = str | bytes | int | float | None

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


def value_from(field: Field, stored: Stored) -> Any:
    """What a column holds, in the field's normal form."""
    raw = stored.decode(errors="replace") if isinstance(stored, bytes) else stored
    if isinstance(raw, str) and _is_json(field):
        raw = _decoded(raw)
    return field.normalize(raw)


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


def _decoded(text: str) -> Any:
    """Text that is no JSON is a value, too: PocketBase shows it as it is."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _write_text(value: Any) -> str:
    return whole_text(str(value))


WRITERS: Mapping[str, Callable[[Any], Stored]] = {"bool": int, "number": lambda value: value}
