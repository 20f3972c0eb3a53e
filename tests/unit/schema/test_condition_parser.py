"""Conditions of partial indexes: what is understood, and that it means what it means to SQLite."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.schema.condition_parser import parse_condition
from chalicelib.schema.sql_tokens import BadSql, Unsupported

NAMES = {"a": "a", "n": "n", "b": "b"}

UNSUPPORTED = [
    "a LIKE 'x'",
    "lower(a) = 'x'",
    "t.a = 'x'",
    "n + 1 = 2",
    "a || 'x' = 'y'",
    "a COLLATE NOCASE = 'x'",
]
WRONG = [
    "",
    "a =",
    "= a",
    "a = 'x' AND",
    "(a = 'x'",
    "a = 'x')",
    "a = 'x",
    "a NOT 'x'",
    "a IN ()",
    "a IN 'x'",
    "a ? 1",
]


@pytest.mark.parametrize("text", UNSUPPORTED)
def test_unsupported(text):
    with pytest.raises(Unsupported):
        parse_condition(text)


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text):
    with pytest.raises(BadSql):
        parse_condition(text)


def test_nesting_is_bounded():
    with pytest.raises(Unsupported):
        parse_condition("(" * 1000 + "a = 1" + ")" * 1000)


def test_double_quotes_are_a_column_or_a_text():
    condition = parse_condition('"A" = "zzz"').renamed(NAMES)
    assert list(condition.columns()) == ["a"]
    assert condition.ask({"a": "zzz"}) is True


texts = st.sampled_from(["'x'", "'X'", "''", "'1'", "'it''s'"])
numbers = st.sampled_from(["0", "1", "2.5", "-1"])
comparisons = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.just("a"),
        st.sampled_from(["=", "==", "!=", "<>", "<", "<=", ">", ">="]),
        texts | numbers,
    ),
    st.builds("{} {} {}".format, st.sampled_from("nb"), st.sampled_from(["=", "!=", "<", ">="]), numbers),
    st.builds(
        "{} IS {}{}".format, st.sampled_from("anb"), st.sampled_from(["", "NOT "]), st.just("NULL") | texts
    ),
    st.builds("a {}IN ({}, {})".format, st.sampled_from(["", "NOT "]), texts, texts),
    st.builds("n {}BETWEEN {} AND {}".format, st.sampled_from(["", "NOT "]), numbers, numbers),
    st.just("b"),
    st.just("b = TRUE"),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds("{} AND {}".format, inner, inner),
        st.builds("{} OR {}".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=6,
)
rows = st.tuples(
    st.sampled_from(["x", "X", "", "1", "it's", None]),
    st.sampled_from([0, 1, 2.5, -1, None]),
    st.sampled_from([True, False]),
)


@given(conditions, rows)
def test_means_what_it_means_to_sqlite(text, row):
    database = sqlite3.connect(":memory:")
    try:
        database.execute("CREATE TABLE t (a TEXT, n NUMERIC, b BOOLEAN)")
        database.execute("INSERT INTO t VALUES (?, ?, ?)", row)
        expected = database.execute(f"SELECT count(*) FROM t WHERE {text}").fetchone()[0] == 1
    finally:
        database.close()
    condition = parse_condition(text).renamed(NAMES)
    assert (condition.ask(dict(zip("anb", row, strict=True))) is True) == expected
