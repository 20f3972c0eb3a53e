"""CREATE INDEX statements: read, rebuilt, and asked for the keys of records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.schema.indexes import Index, IndexColumn, build_index, parse_index, read_indexes, ready_index
from chalicelib.schema.shapes import WrongShape
from chalicelib.schema.sql_tokens import BadSql

A = IndexColumn("a")

UNDERSTOOD = [
    ("CREATE INDEX i ON t (a)", Index("i", columns=(A,), table="t")),
    ("create unique index `i` on `t`(`a`)", Index("i", True, (A,), "t")),
    ('CREATE INDEX "i" ON [t] ("a")', Index("i", columns=(A,), table="t")),
    (
        "CREATE INDEX IF NOT EXISTS main.i ON t (a)",
        Index("i", columns=(A,), table="t", optional=True, schema="main"),
    ),
    ("CREATE INDEX i ON `` (a)", Index("i", columns=(A,), table="")),
    ("  CREATE\nINDEX\ti\nON t\n(\na\n)  ", Index("i", columns=(A,), table="t")),
    ("CREATE INDEX i ON t (a DESC)", Index("i", columns=(IndexColumn("a", "", True),), table="t")),
    ("CREATE INDEX i ON t (a asc)", Index("i", columns=(A,), table="t")),
    (
        "CREATE INDEX i ON t (a COLLATE NOCASE DESC)",
        Index("i", columns=(IndexColumn("a", "NOCASE", True),), table="t"),
    ),
    ("CREATE INDEX i ON t (a, b)", Index("i", columns=(A, IndexColumn("b")), table="t")),
    ("CREATE INDEX i ON t (desc)", Index("i", columns=(IndexColumn("desc"),), table="t")),
    (
        "CREATE INDEX i ON t (f(a, ')'), b)",
        Index("i", columns=(IndexColumn("f(a, ')')", is_expression=True), IndexColumn("b")), table="t"),
    ),
    ("CREATE INDEX i ON t (a) WHERE a != ''", Index("i", columns=(A,), table="t", where="a != ''")),
    ("CREATE INDEX `i``j` ON t (a)", Index("i`j", columns=(A,), table="t")),
]


@pytest.mark.parametrize(("text", "index"), UNDERSTOOD)
def test_understood(text, index):
    parsed = parse_index(text)
    assert parsed.text == text
    assert Index(**{**vars(parsed), "text": ""}) == index


REFUSED = [
    "",
    "garbage",
    "CREATE INDEX ON t (a)",
    "CREATE INDEX i ON t",
    "CREATE INDEX i ON t ()",
    "CREATE INDEX i ON t (a,)",
    "CREATE INDEX i ON t (a), ",
    "CREATE INDEX i ON t (a) -- comment",
    "CREATE INDEX i ON t (a); DROP TABLE users",
    "CREATE INDEX `i j` ON t (a)",
    "CREATE INDEX i ON t (a",
    "CREATE INDEX i ON t (a) WHERE",
    "CREATE INDEX 'i ON t (a)",
    "CREATE VIEW i ON t (a)",
    "SELECT 1",
]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text):
    with pytest.raises(ValueError):
        parse_index(text)


@given(st.text() | st.text(alphabet="CREATEINDXOWH ()`'\"[].,;ab=1\n-", max_size=60))
def test_no_text_makes_anything_but_a_value_error(text):
    for statement in (text, f"CREATE INDEX i ON t ({text})", f"CREATE INDEX i ON t (a) WHERE {text}"):
        try:
            index = ready_index(statement, ("a", "b"))
        except BadSql:
            continue
        assert index.applies_to({"a": "x", "b": 1}) in (True, False)


REBUILT = [
    ("create index i on other (a)", "CREATE INDEX `i` ON `t` (`a`)"),
    (
        "create unique index if not exists i on other(a, b collate nocase desc) where a > 1",
        "CREATE UNIQUE INDEX IF NOT EXISTS `i` ON `t` (\n  `a`,\n  `b` COLLATE nocase DESC\n) WHERE a > 1",
    ),
    ("CREATE INDEX i ON other (f(a))", "CREATE INDEX `i` ON `t` (f(a))"),
    ("CREATE INDEX main.i ON other (a)", "CREATE INDEX `main`.`i` ON `t` (`a`)"),
]


@pytest.mark.parametrize(("text", "rebuilt"), REBUILT)
def test_rebuilt_for_another_table(text, rebuilt):
    parsed = parse_index(text)
    assert build_index(Index(**{**vars(parsed), "table": "t"})) == rebuilt


KEYS = [
    ("(a)", {"a": "x"}, ("x",)),
    ("(a)", {"a": ""}, ("",)),
    ("(A)", {"a": "x"}, ("x",)),
    ("(a)", {"a": "X"}, ("X",)),
    ("(a COLLATE NOCASE)", {"a": "XÄ"}, ("xÄ",)),
    ("(a COLLATE RTRIM)", {"a": " x  "}, (" x",)),
    ("(a, b)", {"a": "x", "b": 1.5}, ("x", 1.5)),
    ("(b)", {"b": True}, (1,)),
    ("(a)", {"a": ["x", "y"]}, ('["x","y"]',)),
    ("(a)", {"a": {"lon": 1, "lat": 2}}, ('{"lon":1,"lat":2}',)),
    ("(a, b)", {"a": None, "b": 1}, None),
    ("(a) WHERE a != ''", {"a": ""}, None),
    ("(a) WHERE a != ''", {"a": "x"}, ("x",)),
    ("(a) WHERE b > 1 AND a IS NOT NULL", {"a": "x", "b": 2}, ("x",)),
    ("(a) WHERE b > 1 AND a IS NOT NULL", {"a": "x", "b": 1}, None),
]


@pytest.mark.parametrize(("columns", "values", "key"), KEYS)
def test_key_of_a_record(columns, values, key):
    index = ready_index(f"CREATE UNIQUE INDEX i ON t {columns}", ("a", "b"))
    assert index.key_of(values) == key


def test_a_submitted_list_may_hold_what_is_no_index():
    good, bad = read_indexes(["CREATE INDEX i ON t (a)", "garbage"], ["a"])
    assert (good.name, bad.name, bad.text) == ("i", "", "garbage")


@pytest.mark.parametrize("raw", ["CREATE INDEX i ON t (a)", {}, [1], [["x"]]])
def test_a_submitted_list_of_another_shape(raw):
    with pytest.raises(WrongShape):
        read_indexes(raw, ["a"])


@pytest.mark.parametrize("name", ["i-1", "1i", "a-b-c", "9", "-x"])
def test_names_need_no_quotes(name: str) -> None:
    assert parse_index(f"CREATE INDEX {name} ON t (a)").name == name
