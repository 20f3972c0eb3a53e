"""Values as SQLite holds them, and back."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.pocketbase.values import column_of, is_changed
from chalicelib.schema.fields import FIELD_TYPES, Field
from chalicelib.schema.sqlite_values import NotHeld, Stored, held_value, value_to

LIST = {"maxSelect": 3, "values": ["a", "b", "c"]}


def field(kind: str, **options: Any) -> Field:
    return FIELD_TYPES[kind].from_json({"name": "x", **options})


# A field, what SQLite holds, and the value.
SAME: list[tuple[Field, Stored, Any]] = [
    (field("text"), "a", "a"),
    (field("bool"), 1, True),
    (field("bool"), 0, False),
    (field("number"), 5, 5),
    (field("number"), 1.5, 1.5),
    (field("number"), 1e21, 1e21),
    (field("date"), "2026-01-02 03:04:05.678Z", "2026-01-02 03:04:05.678Z"),
    (field("autodate", onCreate=True), "2026-01-02 03:04:05.678Z", "2026-01-02 03:04:05.678Z"),
    (field("select", values=["a"]), "a", "a"),
    (field("select", **LIST), '["a","c"]', ["a", "c"]),
    (field("relation", maxSelect=2), '["abc"]', ["abc"]),
    (field("file", maxSelect=2), "[]", []),
    (field("json"), None, None),
    (field("json"), '{"b":[1,null],"a":"ä"}', {"b": [1, None], "a": "ä"}),
    (field("json"), '"text"', "text"),
    (field("geoPoint"), '{"lon":1.5,"lat":2}', {"lon": 1.5, "lat": 2}),
    (field("password"), "$2a$10$hash", "$2a$10$hash"),
]
# What is only read: PocketBase writes it otherwise.
READ: list[tuple[Field, Stored, Any]] = [
    (field("text"), b"\xffa", "\ufffda"),
    (field("number"), "12", 12),
    (field("select", **LIST), "a", ["a"]),
    (field("select", **LIST), "[broken", ["[broken"]),
    (field("json"), "no json", "no json"),
    (field("json"), "[NaN]", "[NaN]"),
    (field("geoPoint"), "x", {"lon": 0, "lat": 0}),
    (field("json"), ' "a"', ' "a"'),
    (field("json"), '["\\ud800"]', ["\ufffd"]),
    (field("select", **LIST), "{}", ["{}"]),
    (field("select", **LIST), "[1]", ["[1]"]),
    (field("select", values=["a", "b"]), '["a","b"]', "b"),
    (field("file"), "[]", ""),
    (field("relation"), '["abc"]', "abc"),
    (field("bool"), 2, False),
    (field("bool"), "true", True),
    (field("text"), None, ""),
    (field("bool"), None, False),
    (field("number"), None, 0),
]


@pytest.mark.parametrize(("of", "stored", "value"), SAME)
def test_both_ways(of: Field, stored: Stored, value: Any) -> None:
    found = held_value(of, stored)
    assert (found, type(found)) == (value, type(value))
    assert value_to(of, value) == stored


@pytest.mark.parametrize(("of", "stored", "value"), READ)
def test_what_is_strange_is_read(of: Field, stored: Stored, value: Any) -> None:
    assert held_value(of, stored) == value


@pytest.mark.parametrize(
    ("of", "stored", "reason"),
    [
        (field("json"), "[" * 100_000, "nested more than 200 deep"),
        (field("json"), "[" * 201 + "]" * 201, "nested more than 200 deep"),
        (field("json"), '{"a": 1e999}', "beyond all bounds"),
        (field("number"), math.inf, "beyond all bounds"),
    ],
)
def test_what_cannot_be_held_is_not_carried(of: Field, stored: Stored, reason: str) -> None:
    with pytest.raises(NotHeld, match=reason):
        held_value(of, stored)


@pytest.mark.parametrize(("of", "stored", "value"), SAME)
def test_what_is_the_same_is_not_told(of: Field, stored: Stored, value: Any) -> None:
    assert not is_changed(of, stored, value)


@pytest.mark.parametrize(
    ("stored", "expected"), [("a", False), ("", False), ("[broken", False), ('["a","a"]', True)]
)
def test_lists_may_lack_their_brackets(stored: Stored, expected: bool) -> None:
    of = field("select", **LIST)
    assert is_changed(of, stored, held_value(of, stored)) == expected


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40)
@given(value=ANY)
def test_any_json_comes_back(value: Any) -> None:
    of = field("json")
    stored = value_to(of, value)
    assert held_value(of, stored) == value


@pytest.mark.parametrize("kind", sorted(FIELD_TYPES))
def test_an_empty_value_fits_its_column(kind: str) -> None:
    of = field(kind)
    assert ("NOT NULL" in column_of(of)) == (value_to(of, of.empty) is not None)
