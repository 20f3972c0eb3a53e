"""Values as text that sorts."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.schema.nocase import fold_nocase
from chalicelib.storage.order import sort_key, sort_text

numbers = st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans())
texts = st.text(st.characters(exclude_categories=["Cs"]))


def rank(value: Any) -> tuple[int, Any]:
    """How SQLite ranks a value: nothing, numbers, text by its bytes."""
    if value is None:
        return 0, 0
    if isinstance(value, int | float):
        return 1, value
    return 2, value.encode()


@given(left=numbers, right=numbers)
def test_numbers_sort_as_doubles_do(left: float, right: float) -> None:
    as_doubles = [_double(left), _double(right)]
    assert (sort_text(left) < sort_text(right)) == (as_doubles[0] < as_doubles[1])
    assert (sort_text(left) == sort_text(right)) == (as_doubles[0] == as_doubles[1])


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)


@given(left=texts, right=texts)
def test_text_sorts_by_code_point(left: str, right: str) -> None:
    assert (sort_text(left) < sort_text(right)) == (left.encode() < right.encode())


small = st.one_of(
    st.none(), st.integers(-3, 3), st.floats(-2, 2), st.sampled_from(["", "\x00", "\x01", "a", "a\x00b", "b"])
)


@given(left=st.tuples(small, small, small), right=st.tuples(small, small, small))
def test_columns_sort_one_after_the_other(left: tuple[Any, ...], right: tuple[Any, ...]) -> None:
    keys = [sort_key(map(sort_text, row)).encode() for row in (left, right)]
    ranks = [tuple(map(rank, row)) for row in (left, right)]
    assert (keys[0] < keys[1]) == (ranks[0] < ranks[1])
    assert (keys[0] == keys[1]) == (ranks[0] == ranks[1])


@given(text=texts)
def test_nocase_folds_ascii_only(text: str) -> None:
    folded = fold_nocase(text)
    assert folded == "".join(each.lower() if each.isascii() else each for each in text)
    assert sort_text(text, nocase=True) == sort_text(folded)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        (-1e300, -1e299),
        (-1e-300, 0),
        (0, 5e-324),
        (9, 10),
        (99999999, 1e9),
        ("2024-01-02 10:00:00.000Z", "2024-01-10 09:00:00.000Z"),
        ("", "2024-01-02 10:00:00.000Z"),
        (1e308, ""),
        (None, False),
        (False, True),
    ],
)
def test_what_sorts_before_what(lower: Any, higher: Any) -> None:
    assert sort_text(lower) < sort_text(higher)


def test_lists_and_objects_sort_as_their_json() -> None:
    assert sort_text({"b": 1, "a": 2}) == sort_text('{"a": 2, "b": 1}')
    assert sort_text(["a"]) == sort_text('["a"]')


def test_zero_has_one_text() -> None:
    assert sort_text(-0.0) == sort_text(0) == sort_text(False)
