"""Values as SQLite casts and sorts them."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.filters.sql_text import order_of, to_lower, to_number, to_sql, to_text

SQLITE = sqlite3.connect(":memory:")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9).map(lambda number: round(number, 4))
VALUES = st.none() | TEXTS | NUMBERS


@given(st.lists(VALUES))
def test_sorts_as_sqlite(values: list[str | int | float | None]) -> None:
    SQLITE.execute("DROP TABLE IF EXISTS t")
    SQLITE.execute("CREATE TABLE t (v BLOB)")
    SQLITE.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
    expected = [value for (value,) in SQLITE.execute("SELECT v FROM t ORDER BY v, rowid")]
    assert sorted(values, key=order_of) == expected


@given(NUMBERS)
def test_numbers_become_text_as_in_sqlite(number: float) -> None:
    ((expected,),) = SQLITE.execute("SELECT CAST(? AS TEXT)", (number,))
    assert to_text(number) == expected


@given(
    TEXTS | st.sampled_from(["1", "1.", ".5", "1e3", "-2", "+7", " 1 ", "0x1", "1_0", "e", "-", "1e", "9e99"])
)
def test_text_becomes_a_number_as_in_a_numeric_column(text: str) -> None:
    SQLITE.execute("DROP TABLE IF EXISTS n")
    SQLITE.execute("CREATE TABLE n (v NUMERIC)")
    SQLITE.execute("INSERT INTO n VALUES (?)", (text,))
    ((expected,),) = SQLITE.execute("SELECT v FROM n")
    assert to_number(text) == expected


@given(TEXTS)
def test_lower_case_is_for_ascii(text: str) -> None:
    ((expected,),) = SQLITE.execute("SELECT LOWER(?)", (text,))
    assert to_lower(text) == expected


def test_absurdly_deep_json_is_no_text() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert to_sql(deep) == ""
