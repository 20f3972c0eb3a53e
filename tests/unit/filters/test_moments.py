"""Moments and modifiers against SQLite's own, as far as any version of it knows them."""

import sqlite3

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.filters.dates import strftime
from chalicelib.filters.moments import calendar_day, days_before, read_moment
from chalicelib.filters.sql_text import SqlValue

SQLITE = sqlite3.connect(":memory:")
ALL = "%Y-%m-%d %H:%M:%S %f %j %w %W %s %%"
TWO = st.integers(0, 61).map(lambda number: f"{number:02}")
DATES = st.builds("{}-{}-{}".format, st.integers(0, 9999).map(lambda year: f"{year:04}"), TWO, TWO)
CLOCKS = st.builds("{}:{}".format, TWO, TWO) | st.builds("{}:{}:{}".format, TWO, TWO, TWO)
ZONES = st.sampled_from(["", "Z", " z", "+02:00", "-11:30", "+15:00", "x"])
MOMENTS = (
    DATES
    | st.dates().map(str)
    | st.datetimes().map(lambda moment: moment.isoformat(sep=" ", timespec="milliseconds") + "Z")
    | st.builds("{} {}{}".format, DATES, CLOCKS, ZONES)
    | CLOCKS
    | st.floats(1.8e6, 6e6)
    | st.integers(1_800_000, 10**10)
)
AMOUNTS = st.integers(-500, 500).map(str) | st.floats(-99, 99).map(lambda number: f"{number:+.3f}")
MODIFIERS = st.builds(
    "{} {}".format, AMOUNTS, st.sampled_from(["second", "minutes", "HOURS", "day", "months", "years", "week"])
) | st.sampled_from(
    [
        "start of day",
        "start of month",
        "start of year",
        "weekday 0",
        "weekday 3",
        "unixepoch",
        "+01:30",
        "-00:05:10",
        "+12:34:56.789",
        "",
        "x",
        "+ 1 day",
        "julianday",
        "utc",
        "start of week",
        "weekday 7",
        "+1day",
        " +1 day",
    ]
)


@given(MOMENTS, st.lists(MODIFIERS, max_size=3))
def test_is_sqlite_strftime(moment: SqlValue, modifiers: list[str]) -> None:
    # SQLite writes the hour of 24:00 as 24 but its date as the next day's: we write 00.
    assume("24:" not in str(moment))
    # Versions of SQLite disagree about the zone of a number that no modifier has explained.
    assume("utc" not in modifiers or isinstance(moment, str))
    marks = ",".join("?" * (2 + len(modifiers)))
    ((expected,),) = SQLITE.execute(f"SELECT strftime({marks})", (ALL, moment, *modifiers))
    assume(expected is None or not expected.startswith("-"))  # years before 0 are nobody's
    assert strftime([ALL, moment, *modifiers]) == expected


@given(st.integers(0, 5_373_484))
def test_calendar_round_trip(days: int) -> None:
    year, month, day = calendar_day(days)
    assert days_before(year, month) + day - 1 == days


@pytest.mark.parametrize(
    "modifier", ["x", "", "weekday 8", "+1", "+1 century", "start of", "1" * 500 + " days"]
)
def test_nonsense_is_null(modifier: str) -> None:
    assert strftime(["%Y", "2024-01-01", modifier]) is None


@given(st.text() | st.floats() | st.none(), st.text() | MODIFIERS)
def test_nothing_raises(moment: SqlValue, modifier: str) -> None:
    assert isinstance(strftime(["%Y %J %s", moment, modifier]), str | None)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("start", ["2020-01-01", "2020-01-01 00:00", "00:00", "2020-01-01 00:00Z"])
def test_what_is_nearly_a_moment_takes_no_time(start: str) -> None:
    assert read_moment(start + " " * 100_000 + "x") is None
