"""Values as SQLite holds them, and back."""

from typing import Any

import pytest

from chalicelib.schema.default_fields import make_field
from chalicelib.schema.sqlite_values import Stored, declared_type, value_from, value_to

VALUES: list[tuple[dict[str, Any], str, Any, Stored]] = [
    ({"type": "text"}, "TEXT", "a", "a"),
    ({"type": "number"}, "NUMERIC", 1.5, 1.5),
    ({"type": "bool"}, "BOOLEAN", True, 1),
    ({"type": "json"}, "JSON", {"k": ["é"]}, '{"k":["é"]}'),
    ({"type": "json"}, "JSON", None, None),
    ({"type": "select", "values": ["a", "b"], "maxSelect": 2}, "JSON", ["a"], '["a"]'),
    ({"type": "select", "values": ["a", "b"], "maxSelect": 1}, "TEXT", "a", "a"),
    ({"type": "geoPoint"}, "JSON", {"lon": 1, "lat": 2.5}, '{"lon":1,"lat":2.5}'),
    ({"type": "date"}, "TEXT", "2020-01-02 00:00:00.000Z", "2020-01-02 00:00:00.000Z"),
]


@pytest.mark.parametrize(("definition", "kind", "value", "stored"), VALUES)
def test_there_and_back(definition: dict[str, Any], kind: str, value: Any, stored: Stored) -> None:
    field = make_field({**definition, "name": "f"})
    assert (declared_type(field), value_to(field, value)) == (kind, stored)
    assert value_from(field, stored) == value


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        ("5", 5),
        (5, 5),
        (1.0, 1),
        ("no json", "no json"),
        (b"a", "a"),
        ("", ""),
        # What other readers do not take for JSON stays text; what is no number is none.
        *((text, text) for text in ("NaN", "[-Infinity]", "1e400", "[1e400]", "9" * 400, " 1", "\n[]")),
        ("[" * 300 + "]" * 300, "[" * 300 + "]" * 300),
        ("[" * 9000, "[" * 9000),
        ('{"a":"\\ud800"}', {"a": "\ufffd"}),
        (float("inf"), None),
    ],
    ids=range(17),
)
def test_what_a_query_makes_is_any_json(stored: Stored, value: Any) -> None:
    assert value_from(make_field({"type": "json", "name": "f"}), stored) == value


@pytest.mark.parametrize("stored", [float("inf"), float("-inf"), "inf", "nan"])
def test_a_number_without_end_is_none(stored: Stored) -> None:
    assert value_from(make_field({"type": "number", "name": "f"}), stored) == 0
