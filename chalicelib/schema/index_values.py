"""Field values as SQLite would hold them, for index keys and conditions."""

import json
from typing import Any

from chalicelib.schema.nocase import fold_nocase

SqlValue = str | int | float | None


def to_sql(value: Any) -> SqlValue:
    """A normal-form value as a column holds it: booleans are numbers; lists and objects JSON text."""
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def collate(value: SqlValue, collation: str) -> SqlValue:
    """A value folded so that equal ones under the collation become the same."""
    if not isinstance(value, str):
        return value
    if collation.upper() == "NOCASE":
        return fold_nocase(value)
    return value.rstrip(" ") if collation.upper() == "RTRIM" else value


def align(left: SqlValue, right: SqlValue) -> tuple[Any, Any]:
    """A column's value and a literal made comparable, by the column's kind; numbers sort before texts."""
    if isinstance(left, str) and isinstance(right, int | float):
        return left, str(right)
    if isinstance(left, int | float) and isinstance(right, str):
        number = _as_number(right)
        return (left, number) if number is not None else (0, 1)
    return left, right


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
