"""Casts beyond the recorded cases: extremes."""

import math
from typing import Any

import pytest

from chalicelib.schema.fields.cast import to_bool, to_number, to_text

HUGE = 10**400


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (HUGE, math.inf),
        (-HUGE, -math.inf),
        ("9" * 400, 0),
        ("0x1p99999", 0),
        ("9" * 5000, 0),
        (2**53 - 1, 2**53 - 1),
        (2**53 + 1, float(2**53)),
        (object(), 0),
    ],
)
def test_to_number(raw: Any, expected: float) -> None:
    found = to_number(raw)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(HUGE, "+Inf"), (-HUGE, "-Inf"), (math.nan, "NaN"), (object(), ""), (1e22, "1" + "0" * 22)],
)
def test_to_text(raw: Any, expected: str) -> None:
    assert to_text(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"), [(HUGE, True), (math.nan, True), (object(), False), (None, False)]
)
def test_to_bool(raw: Any, expected: bool) -> None:
    assert to_bool(raw) is expected


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text", ["1" * 100_000 + "x", "1_" * 50_000, "0x" + "f" * 100_000, "1." + "1" * 100_000 + "_"]
)
def test_what_is_nearly_a_number_takes_no_time(text: str) -> None:
    assert to_number(text) == 0
