"""Values as SQLite has them: how a field's value is stored, and what text, number or order it makes."""

import json
import re
from decimal import Decimal
from typing import Any, TypeAlias

from chalicelib.filters.real_text import real_to_text
from chalicelib.schema.fields import Field
from chalicelib.schema.nocase import fold_nocase

SqlValue: TypeAlias = str | int | float | None

_NUMBER = re.compile(
    r"[ \t\n\r\f\v]*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t\n\r\f\v]*"
)


def to_sql(value: Any) -> SqlValue:
    """A value in normal form, or parsed from JSON, as SQLite stores it: lists and objects are JSON text.

    >>> to_sql(True), to_sql(["a", "b"]), to_sql({"b": 1.0, "a": None})
    (1, '["a","b"]', '{"a":null,"b":1}')
    """
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int | float):
        return value
    return to_json_text(value)


def to_json_text(value: Any, *, sort_keys: bool = True) -> str:
    """Compact JSON with sorted keys and whole numbers without a fraction; "" when it is absurdly deep."""
    try:
        return json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys)
    except RecursionError:
        return ""


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    if isinstance(value, dict):
        return {str(key): _whole(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(inner) for inner in value]
    return value


def to_text(value: SqlValue) -> str | None:
    """A value cast to text, as the TEXT affinity, LIKE and LOWER() do.

    >>> to_text(1), to_text(1.0), to_text(1.5), to_text(1e21), to_text(None)
    ('1', '1.0', '1.5', '1.0e+21', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(int(value))
    return real_to_text(value)


def like_text(value: SqlValue) -> str:
    """A given operand of ``~`` as text: plain decimals, and true and false by name.

    >>> like_text(1.0), like_text(1e21), like_text(True), like_text(None)
    ('1', '1000000000000000000000', 'true', '')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        value = format(Decimal(repr(value)), "f").removesuffix(".0")
    return to_text(value) or ""


def column_text(value: Any, field: Field) -> str:
    """A JSON value as its column holds it: text, a point's longitude first."""
    if field.type == "geoPoint":
        return to_json_text(value, sort_keys=False)
    return to_json_text(value)


def to_number(value: SqlValue) -> SqlValue:
    """A value under NUMERIC affinity: text that is a number, whole, becomes one; other text stays.

    >>> to_number("1.5"), to_number(" 2 "), to_number("2a"), to_number("")
    (1.5, 2, '2a', '')
    """
    if not isinstance(value, str):
        return value
    found = _NUMBER.fullmatch(value)
    if found is None:
        return value
    number = float(found.group(1))
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def is_true(value: SqlValue) -> bool:
    """Whether SQL takes it for true: text counts as the number it begins with.

    >>> is_true("1a"), is_true("red"), is_true("0.0"), is_true(-1), is_true(None)
    (True, False, False, True, False)
    """
    if isinstance(value, str):
        found = _NUMBER.match(value)
        return found is not None and float(found.group(1)) != 0
    return bool(value)


def to_lower(value: SqlValue) -> SqlValue:
    """LOWER(): ASCII letters only; the result is text."""
    text = to_text(value)
    return None if text is None else fold_nocase(text)


def order_of(value: SqlValue) -> tuple[int, Any]:
    """A key that sorts values of all kinds as SQLite does: null, numbers, text by its bytes.

    >>> sorted(["b", 2, None, "B", 1.5], key=order_of)
    [None, 1.5, 2, 'B', 'b']
    """
    if value is None:
        return (0, 0)
    if isinstance(value, str):
        return (2, value.encode("utf-8", "surrogatepass"))
    return (1, value)
