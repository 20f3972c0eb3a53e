"""SQLite in memory, and what it is fenced from."""

import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib import clock
from chalicelib.views import database
from chalicelib.views.database import Spent, open_database
from chalicelib.views.failures import SqlFailed
from chalicelib.views.functions import LONGEST_VALUE
from chalicelib.views.tables import Table

POSTS = Table(
    "Posts", {"id": "TEXT", "likes": "NUMERIC", "meta": "JSON"}, [("a", 1, '{"k":[1,2]}'), ("b", 2.5, None)]
)

# What must not even be prepared.
REFUSED = [
    "insert into posts values ('c', 1, null)",
    "update posts set likes = 2",
    "delete from posts",
    "drop table posts",
    "create table x (a)",
    "create temp table x (a)",
    "create temp view x as select 1",
    "create trigger t after insert on posts begin select 1; end",
    "alter table posts rename to x",
    "pragma table_info(posts)",
    "pragma hard_heap_limit = 0",
    "attach 'file.db' as x",
    "vacuum into 'file.db'",
    "begin",
    "rollback",
    "savepoint x",
    "analyze",
]
# What there is not, or what asks for too much.
FAILING = [
    ("select * from sqlite_master", "no such table: sqlite_master"),
    ("select * from sqlite_temp_master", "no such table: sqlite_temp_master"),
    ("select * from pragma_table_info('posts')", "only statements that read"),
    ("select * from nope", "no such table: nope"),
    ("select load_extension('x')", "not authorized"),
    ("select readfile('/etc/passwd')", "no such function: readfile"),
    ("select writefile('x', 'y')", "no such function: writefile"),
    ("select zeroblob(1000000000)", "string or blob too big"),
    ("select " + "(" * 2000 + "1" + ")" * 2000, "stack overflow|too deep"),
    ("select 1 " + "union select 1 " * 200, "too many terms"),
    ("select " + ",".join(["1"] * 1100), "too many columns"),
    ("select 'a' like '" + "%a" * 400 + "'", "too complex"),
    ("selec", "syntax error"),
    ("select 1; select 2", "one statement"),
    ("select '\x00'", "null character"),
    ("select '\ud800'", "surrogates|encode"),
]


@pytest.mark.parametrize("statement", REFUSED)
def test_statements_that_do_more_than_read(statement: str) -> None:
    with (
        open_database([POSTS]) as opened,
        pytest.raises(SqlFailed, match=r"only statements that read|not authorized"),
    ):
        opened.run(statement, 10)


@pytest.mark.parametrize("statement", REFUSED)
def test_they_are_refused_when_prepared(statement: str) -> None:
    with open_database([POSTS]) as opened, pytest.raises(SqlFailed):
        opened.prepare(statement)


def test_nothing_comes_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_database([POSTS]) as opened:
        for statement in REFUSED:
            with pytest.raises(SqlFailed):
                opened.run(statement, 10)
        assert opened.run("select count(*), sum(likes) from posts", 1).rows == [(2, 3.5)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("statement", "reason"), FAILING, ids=range(len(FAILING)))
def test_what_cannot_be(statement: str, reason: str) -> None:
    with open_database([POSTS]) as opened, pytest.raises(SqlFailed, match=reason):
        opened.run(statement, 10)


def test_a_query_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MILLISECONDS", 50)
    endless = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
    with open_database([]) as opened, pytest.raises(SqlFailed, match="takes too long"):
        opened.run(endless, 10)


LARGE = """
from chalicelib.views import database
database.MEMORY = 4_000_000
rows = "select 1, randomblob(100000) union all select x + 1, randomblob(100000) from c limit 200"
with database.open_database([]) as opened:
    try:
        opened.run(f"with recursive c(x, y) as ({rows}) select count(*) from (select y from c order by y)", 9)
    except database.SqlFailed as failed:
        print(failed)
"""


def test_memory_has_a_bound() -> None:
    """In a process of its own: SQLite's bound is the whole process's, and cannot be raised again."""
    ran = subprocess.run([sys.executable, "-c", LARGE], check=True, capture_output=True, text=True)
    assert "out of memory" in ran.stdout


WIDE = [
    # Each of few cells large, many cells small, many rows before a hundred are there, numbers alone.
    "select " + ", ".join(["printf('%.1000000c', 'a')"] * 60),
    "select " + ", ".join(["zeroblob(1000000)"] * 60),
    "with recursive c(x) as (select 1 union all select x + 1 from c) select x, zeroblob(1000000) from c",
    "with recursive c(x) as (select 1 union all select x + 1 from c) select "
    + ",".join(["x"] * 900)
    + " from c",
]


@pytest.mark.parametrize("statement", WIDE, ids=range(len(WIDE)))
def test_results_have_a_bound(statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LARGEST_RESULT", 3_000_000)
    taken: list[int] = []
    weigh = database.Database._weigh

    def note(opened: database.Database, size: int) -> None:
        taken.append(size)
        weigh(opened, size)

    monkeypatch.setattr(database.Database, "_weigh", note)
    with open_database([]) as opened, pytest.raises(SqlFailed, match="more than 2 MB"):
        opened.run(statement, 10_000, is_cut=True)
    assert sum(taken) < 64_000_000


SLOW = [
    "select instr(printf('%.1000000c', 'a'), printf('%.500000c', 'a') || 'b')",
    "select replace(printf('%.1000000c', 'a'), printf('%.500000c', 'a') || 'b', 'c') is null",
    "select trim(printf('%.1000000c', 'a'), printf('%.500000c', 'b') || 'a')",
    "select replace(printf('%.1000000c', 'a'), 'a', printf('%.1000000c', 'a'))",
    "select printf('%.*c', 2000000000, 'a'), format('%-2000000000d', 1)",
]


@pytest.mark.parametrize("statement", SLOW, ids=range(len(SLOW)))
def test_one_function_does_not_take_long(statement: str) -> None:
    started = clock.stopwatch()
    with open_database([]) as opened, suppress(SqlFailed):
        opened.run(statement, 10)
    assert clock.stopwatch() - started < 2000


CALLS = [
    (
        "instr('abc', 'c'), instr(12.5, '.'), instr(x'6162', x'62'), instr(null, 'a'), instr('é', 'x')",
        (3, 3, 2, None, 0),
    ),
    ("replace('a-b', '-', 1), replace('ab', '', 'x'), replace('a', 'a', null)", ("a1b", "ab", None)),
    (
        "trim('  a '), ltrim(' a '), rtrim('abba', 'a'), trim(1.0, '0'), trim('a', '')",
        ("a", "a ", "abb", "1.", "a"),
    ),
    ("replace(1e20, 'x', ''), trim(null), trim('\ta ')", ("1.0e+20", None, "\ta")),
    (
        "printf('%05d|%-4s|%q', 5, 'ab', 'it''s'), format('%*.*f|%%|%n%d', 6, 2, 1.239, 7),"
        " printf(null), printf()",
        ("00005|ab  |it''s", "  1.24|%|7", None, None),
    ),
]


@pytest.mark.parametrize(("called", "found"), CALLS)
def test_functions_find_what_those_of_sqlite_find(called: str, found: tuple[object, ...]) -> None:
    with closing(sqlite3.connect(":memory:")) as plain:
        assert plain.execute(f"select {called}").fetchall() == [found]
    with open_database([]) as opened:
        assert opened.run(f"select {called}", 1).rows == [found]


def test_long_steps_are_interrupted_soon() -> None:
    """Each `like` takes some hundredths of a second, and is a step."""
    spent = Spent(database.MILLISECONDS - 100)
    rows = "with recursive c(x) as (select 1 union all select x + 1 from c limit 2000)"
    slow = f"{rows} select sum(hex(zeroblob(20000 + x)) like '%{'0' * 400}1%') from c"
    with open_database([], spent) as opened, pytest.raises(SqlFailed, match="takes too long"):
        opened.run(slow, 10)
    assert spent.milliseconds < 1.5 * database.MILLISECONDS


def test_queries_of_one_request_share_their_time() -> None:
    spent = Spent(database.MILLISECONDS)
    endless = "with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) from c"
    with open_database([], spent) as opened, pytest.raises(SqlFailed, match="takes too long"):
        opened.run(endless, 10)
    assert database.MILLISECONDS < spent.milliseconds < 1.5 * database.MILLISECONDS


@pytest.mark.parametrize(
    "statement", ["explain vacuum", "/* x */ explain -- y\n reindex", "reindex", "vacuum"]
)
def test_maintenance_is_not_explained_either(statement: str) -> None:
    with open_database([]) as opened, pytest.raises(SqlFailed, match="only statements that read"):
        opened.prepare(statement)


def test_what_is_explained_may_begin_with_a_comment() -> None:
    with open_database([]) as opened:
        opened.prepare("/* x */ -- y\n explain select 1")


def test_rows_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    many = "with recursive c(x) as (select 1 union all select x + 1 from c limit 50) select x from c"
    with open_database([]) as opened:
        assert len(opened.run(many, 50).rows) == 50
        assert len(opened.run(many, 49, is_cut=True).rows) == 49
        with pytest.raises(SqlFailed, match="more than 49 rows"):
            opened.run(many, 49)
        monkeypatch.setattr(database, "LARGEST_RESULT", 1000)
        with pytest.raises(SqlFailed, match="more than 0 MB"):
            opened.run("select printf('%2000d', 1)", 10)


READ = [
    ("select count(*) from posts", {"posts"}, [(2,)]),
    ("select e.value from posts p, json_each(p.meta, '$.k') e", {"posts"}, [(1,), (2,)]),
    ("with x as (select id from posts) select * from x", {"posts"}, [("a",), ("b",)]),
    ("select 1", set(), [(1,)]),
    ("select count(*) from other where exists (select 1 from posts)", {"posts", "other"}, [(0,)]),
]


@pytest.mark.parametrize(("statement", "read", "rows"), READ)
def test_what_a_statement_reads_is_known(statement: str, read: set[str], rows: list[tuple[object]]) -> None:
    with open_database([POSTS, Table("other", {"x": "TEXT"})]) as opened:
        opened.prepare(statement)
        assert opened.read == read
        assert opened.run(statement, 10).rows == rows


def test_types_are_those_of_columns() -> None:
    with open_database([POSTS]) as opened:
        query = (
            "select id, likes, meta, likes + 1, cast(id as text), upper(id), cast(likes as int) from posts"
        )
        assert opened.types_of(query) == ["TEXT", "NUMERIC", "JSON", "", "", "", ""]
        assert opened.types_of("explain select 1") == ()


def test_types_of_numbers_of_rows() -> None:
    with open_database([POSTS]) as opened:
        query = "select rowid, cast(likes as integer), count(*) from posts"
        assert opened.types_of(query) == ["INTEGER", "", ""]


def test_an_old_sqlite_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", (99, 0, 0))
    with pytest.raises(SqlFailed, match="deploy with Python"), open_database([]):
        pass


def test_what_cannot_be_loaded_is_told() -> None:
    large = Table("t", {"x": "TEXT"}, [("x" * (LONGEST_VALUE + 1),)])
    with pytest.raises(SqlFailed, match="cannot be loaded: string or blob too big"), open_database([large]):
        pass


def test_preparing_and_making_a_view_have_time_however_many_tables_there_are() -> None:
    tables = [POSTS, *(replace(POSTS, name=f"posts{number}") for number in range(300))]
    with open_database(tables) as opened:
        opened.prepare("select id from posts299")
        assert opened.make_view("select id from posts299")
