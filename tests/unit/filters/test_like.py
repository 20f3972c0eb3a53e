"""LIKE against SQLite's own, and the patterns that ``~`` makes of its operand."""

import sqlite3
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.filters.like import contains_pattern, is_like

LETTERS = st.text(st.sampled_from("aAbB%_\\é\n"), max_size=8)
SQLITE = sqlite3.connect(":memory:")


@given(LETTERS, LETTERS.filter(lambda pattern: not pattern.endswith("\\")))
def test_is_sqlite_like(text: str, pattern: str) -> None:
    ((expected,),) = SQLITE.execute(r"SELECT ? LIKE ? ESCAPE '\'", (text, pattern))
    assert is_like(text, pattern) == bool(expected)


@given(st.text(st.sampled_from("ab_.*[é"), max_size=6), st.text(max_size=3), st.text(max_size=3))
def test_an_operand_without_wildcards_is_contained(operand: str, before: str, after: str) -> None:
    assert is_like(before + operand + after, contains_pattern(operand))


@pytest.mark.parametrize(
    ("operand", "pattern"),
    [("", "%%"), ("a", "%a%"), ("a%b", "a%b"), (r"a\%b", r"%a\%b%"), ("a_b", r"%a\_b%"), ("\\", r"%\\%")],
)
def test_pattern(operand: str, pattern: str) -> None:
    assert contains_pattern(operand) == pattern


def test_many_wildcards_take_no_time() -> None:
    started = time.process_time()
    assert not is_like("a" * 20_000, "%a" * 200 + "%b")
    assert time.process_time() - started < 1
