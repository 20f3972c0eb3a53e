"""Records' values in PocketBase's tables: the columns that hold them, and whether one was what it is."""

from collections.abc import Mapping
from typing import Any

from chalicelib.schema.fields import Field
from chalicelib.schema.sqlite_values import Stored, declared_type, raw_value

# What follows a column's type, by the field's; all others hold text.
DEFAULTS: Mapping[str, str] = {
    "bool": "DEFAULT FALSE NOT NULL",
    "number": "DEFAULT 0 NOT NULL",
    "json": "DEFAULT NULL",
    "geoPoint": """DEFAULT '{"lon":0,"lat":0}' NOT NULL""",
}
TEXT_DEFAULT, LIST_DEFAULT = "DEFAULT '' NOT NULL", "DEFAULT '[]' NOT NULL"
ID_COLUMN = "TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL"


def is_changed(field: Field, stored: Stored, value: Any) -> bool:
    """Whether what a column holds is another value in normal form. A list of one may lack brackets."""
    if stored is None or stored == value:
        return False
    raw = raw_value(field, stored)
    return raw != value and not (field.is_multiple and value == ([raw] if raw else []))


def column_of(field: Field) -> str:
    """The column that a field has."""
    if field.name == "id":
        return ID_COLUMN
    default = LIST_DEFAULT if field.is_multiple else DEFAULTS.get(field.type, TEXT_DEFAULT)
    return f"{declared_type(field)} {default}"
