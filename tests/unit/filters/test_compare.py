"""Comparing across kinds and affinities, against SQLite's own tables."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.filters.compare import (
    NONE,
    NUMERIC,
    ORDERINGS,
    TEXT,
    Compare,
    equals,
    is_not_same,
    is_same,
    with_affinity,
)
from chalicelib.filters.sql_text import SqlValue

SQLITE = sqlite3.connect(":memory:")
VALUES = (
    st.none()
    | st.sampled_from(["", "1", "1.0", " 2 ", "-0.5", "1e2", "a", "A", "é", "1a", "."])
    | st.integers(-3, 100)
    | st.sampled_from([0.0, 1.0, 1.5, -0.5, 100.0])
)
OPERATORS: dict[str, Compare] = {**ORDERINGS, "=": equals, "IS": is_same, "IS NOT": is_not_same}


@pytest.mark.parametrize("operator", OPERATORS)
@given(VALUES, VALUES)
def test_values(operator: str, left: SqlValue, right: SqlValue) -> None:
    ((expected,),) = SQLITE.execute(f"SELECT ? {operator} ?", (left, right))
    assert OPERATORS[operator](left, right) == expected


@pytest.mark.parametrize("operator", ["=", "<", "IS NOT"])
@pytest.mark.parametrize("left_type", [TEXT, NUMERIC, NONE])
@pytest.mark.parametrize("right_type", [TEXT, NUMERIC, NONE])
@settings(max_examples=25)
@given(VALUES, VALUES)
def test_columns(operator: str, left_type: str, right_type: str, left: SqlValue, right: SqlValue) -> None:
    types = {TEXT: "TEXT", NUMERIC: "NUMERIC", NONE: "BLOB"}
    SQLITE.execute("DROP TABLE IF EXISTS t")
    SQLITE.execute(f"CREATE TABLE t (l {types[left_type]}, r {types[right_type]})")
    SQLITE.execute("INSERT INTO t VALUES (?, ?)", (left, right))
    # A column has always an affinity; with a plus before it, it is an expression and has none.
    one, other = ("+l" if left_type == NONE else "l"), ("+r" if right_type == NONE else "r")
    (stored,) = SQLITE.execute(f"SELECT l, r, {one} {operator} {other} FROM t")
    compare = with_affinity(OPERATORS[operator], left_type, right_type)
    assert compare(stored[0], stored[1]) == stored[2]
