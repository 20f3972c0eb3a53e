"""SQLite in memory, and what it is fenced from."""

import sqlite3
from pathlib import Path

import pytest

from chalicelib.views import database
from chalicelib.views.database import SqlFailed, open_database
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


@pytest.mark.parametrize("statement", [each for each in REFUSED if not each.startswith("vacuum")])
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


def test_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MEMORY", 4_000_000)
    rows = "select 1, randomblob(100000) union all select x + 1, randomblob(100000) from c limit 200"
    large = f"with recursive c(x, y) as ({rows}) select count(*) from (select y from c order by y)"
    try:
        with open_database([]) as opened, pytest.raises(SqlFailed, match="out of memory"):
            opened.run(large, 10)
    finally:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("PRAGMA hard_heap_limit = 0")
        connection.close()


def test_rows_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    many = "with recursive c(x) as (select 1 union all select x + 1 from c limit 50) select x from c"
    with open_database([]) as opened:
        assert len(opened.run(many, 50).rows) == 50
        assert len(opened.run(many, 49, is_cut=True).rows) == 49
        with pytest.raises(SqlFailed, match="more than 49 rows"):
            opened.run(many, 49)
        monkeypatch.setattr(database, "LARGEST_RESULT", 1000)
        with pytest.raises(SqlFailed, match="rows, or more than"):
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


def test_an_old_sqlite_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", (99, 0, 0))
    with pytest.raises(SqlFailed, match="deploy with Python"), open_database([]):
        pass


def test_what_cannot_be_loaded_is_told() -> None:
    large = Table("t", {"x": "TEXT"}, [("x" * (database.LONGEST_VALUE + 1),)])
    with pytest.raises(SqlFailed, match="cannot be loaded: string or blob too big"), open_database([large]):
        pass
