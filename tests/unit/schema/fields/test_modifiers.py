"""What `n+`, `n-`, `+tags`, `tags+`, `tags-` and `text:autogenerate` make of a value."""

from typing import Any

import pytest

from chalicelib.schema.fields import FIELD_TYPES, Field

NUMBER = {"type": "number"}
ONE = {"type": "select", "values": list("abc")}
MANY = {"type": "select", "values": list("abc"), "maxSelect": 3}
FILES = {"type": "file", "maxSelect": 3}
RELATIONS = {"type": "relation", "maxSelect": 3}


def make_field(definition: Any) -> Field:
    return FIELD_TYPES[definition["type"]].from_json({"name": "x", **definition})


@pytest.mark.parametrize(
    ("definition", "current", "modifier", "operand", "expected"),
    [
        (NUMBER, 5, "add", 2, 7),
        (NUMBER, 5, "add", "1.5", 6.5),
        (NUMBER, 5, "add", None, 5),
        (NUMBER, 5, "add", [1], 5),
        (NUMBER, 5, "subtract", 8, -3),
        (NUMBER, 9.6, "add", 0.2, 9.799999999999999),
        (NUMBER, 1e308, "add", 1e308, float("inf")),
        (MANY, ["a"], "append", "b", ["a", "b"]),
        (MANY, ["a"], "append", ["a", "c"], ["a", "c"]),
        (MANY, ["a"], "append", '["b","c"]', ["a", "b", "c"]),
        (MANY, ["a"], "append", "", ["a"]),
        (MANY, ["a", "b"], "prepend", ["c", "b"], ["c", "b", "a"]),
        (MANY, ["a", "b"], "subtract", ["a", "z"], ["b"]),
        (MANY, ["a", "b"], "subtract", None, ["a", "b"]),
        (ONE, "a", "append", "b", "b"),
        (ONE, "a", "prepend", "b", "a"),
        (ONE, "", "prepend", ["a", "b"], "b"),
        (ONE, "a", "subtract", "a", ""),
        (ONE, "a", "subtract", "b", "a"),
        (FILES, ["a.png", "b.png"], "subtract", "a.png", ["b.png"]),
        (RELATIONS, ["r1"], "append", ["r2", "r1"], ["r1", "r2"]),
    ],
)
def test_modify(definition: Any, current: Any, modifier: str, operand: Any, expected: Any) -> None:
    assert make_field(definition).modify(modifier, current, operand) == expected


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("number", {"x+": "add", "x-": "subtract"}),
        ("select", {"x+": "append", "+x": "prepend", "x-": "subtract"}),
        ("relation", {"x+": "append", "+x": "prepend", "x-": "subtract"}),
        ("file", {"x+": "append", "+x": "prepend", "x-": "subtract"}),
        ("text", {"x:autogenerate": "autogenerate"}),
        *[(kind, {}) for kind in ("editor", "bool", "email", "url", "date")],
        *[(kind, {}) for kind in ("autodate", "json", "password", "geoPoint")],
    ],
)
def test_keys(kind: str, keys: dict[str, str]) -> None:
    assert make_field({"type": kind}).modifier_keys() == keys


def test_autogenerate_appends_to_what_is_submitted() -> None:
    field = make_field({"type": "text", "autogeneratePattern": "[0-9]{4}"})
    value = field.modify("autogenerate", "old", "new-")
    assert value.startswith("new-")
    assert value[4:].isdigit()
    assert len(value) == 8
    assert make_field({"type": "text"}).modify("autogenerate", "old", "new-") == "new-"
