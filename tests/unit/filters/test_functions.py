"""The functions' results and what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.filters.functions import FUNCTIONS, geo_distance
from chalicelib.filters.sql_text import SqlValue


def test_kilometres_from_sofia_to_london() -> None:
    distance = geo_distance([23.32, 42.7, -0.12, 51.5])
    assert isinstance(distance, float)
    assert 2010 < distance < 2020


@pytest.mark.parametrize("missing", [None, "", "x", float("inf")])
def test_no_distance_to_nowhere(missing: SqlValue) -> None:
    assert geo_distance([missing, 0, 0, 0]) is None


@given(st.lists(st.floats() | st.text() | st.none() | st.integers(), min_size=4, max_size=4))
def test_distance_of_anything_is_a_number_or_null(arguments: list[SqlValue]) -> None:
    assert isinstance(geo_distance(arguments), float | None)


@pytest.mark.parametrize(
    ("name", "count", "refusal"),
    [
        ("geoDistance", 4, None),
        ("geoDistance", 5, "expected 4 arguments, got 5"),
        ("strftime", 0, "expected at least 1 arguments, got 0"),
        ("strftime", 10, None),
        ("strftime", 11, "too many arguments (max allowed 10, got 11)"),
    ],
)
def test_number_of_arguments(name: str, count: int, refusal: str | None) -> None:
    assert FUNCTIONS[name].refuse_count(count) == refusal
