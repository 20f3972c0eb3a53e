"""Values of SQL results as text."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.schema.sql_written import write_cell, write_float

# As the real server writes them.
NUMBERS = [
    (1234567.5, "1.2345675e+06"),
    (123456.5, "123456.5"),
    (999999.0, "999999"),
    (1e6, "1e+06"),
    (0.0001, "0.0001"),
    (0.00001234, "1.234e-05"),
    (1234567890123456.0, "1.234567890123456e+15"),
    (0.1 + 0.2, "0.30000000000000004"),
    (1e21, "1e+21"),
    (-2.5, "-2.5"),
    (0.0, "0"),
    (-0.0, "-0"),
    (math.inf, "+Inf"),
    (-math.inf, "-Inf"),
    (math.nan, "NaN"),
]


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_numbers(number: float, text: str) -> None:
    assert write_float(number) == text


@settings(max_examples=50)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_is_lost(number: float) -> None:
    assert float(write_float(number)) == number


def test_other_cells() -> None:
    assert [write_cell(each) for each in (None, "", 5, b"\xffa")] == [None, "", "5", "\ufffda"]
