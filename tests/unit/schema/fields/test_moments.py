"""Spellings of moments beyond the recorded ones: limits, and that what is written can be read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import clock
from chalicelib.schema.fields.moments import to_moment


@given(st.datetimes(min_value=datetime(1, 1, 2)))
def test_moments_are_read_as_they_are_written(moment: datetime) -> None:
    text = clock.to_text(moment.replace(tzinfo=UTC)).rjust(24, "0")
    assert to_moment(text) == text


@given(st.text(alphabet="0123456789-: TZ.+,JanMon", max_size=30))
def test_any_text_is_a_moment_or_empty(text: str) -> None:
    found = to_moment(text)
    assert found == "" or len(found) == 24
    assert to_moment(found) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0000-01-01 02:00:00+02:00", "0000-01-01 00:00:00.000Z"),
        ("0000-02-29", "0000-02-29 00:00:00.000Z"),
        # Years that four digits cannot hold: PocketBase shows them once, then cannot read them back.
        ("0000-01-01 00:00:00+02:00", ""),
        ("9999-12-31 23:59:59-02:00", ""),
        ("9999-12-31 23:59:59+02:00", "9999-12-31 21:59:59.000Z"),
        ("0001-01-01 02:00:00+02:00", ""),
    ],
)
def test_the_ends_of_the_calendar(text: str, expected: str) -> None:
    assert to_moment(text) == expected
