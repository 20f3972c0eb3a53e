"""What a view's query names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.schema.view_query import BadQuery, parse_query, split_outside

QUERIES = [
    ("select id from posts", [("id", "id")], [("posts", "posts")]),
    ("SELECT p.id, p.title AS t FROM posts p", [("p.id", "id"), ("p.title", "t")], [("posts", "p")]),
    ("select distinct id from posts as p;", [("id", "id")], [("posts", "p")]),
    ("select id, 'a, b' as s from posts", [("id", "id"), ("'a, b'", "s")], [("posts", "posts")]),
    ("select count(*) c from `posts`", [("count(*)", "c")], [("posts", "posts")]),
    ('select [id] /* a, b */, "t" x from [p]', [("id", "id"), ("t", "x")], [("p", "p")]),
    (
        "select a.id, b.x from a left outer join b on b.id = a.b and 1 inner join c using (id) where a.id",
        [("a.id", "id"), ("b.x", "x")],
        [("a", "a"), ("b", "b"), ("c", "c")],
    ),
    ("select id from a, b as y where x in (select id from z)", [("id", "id")], [("a", "a"), ("b", "y")]),
    ("select id\nfrom\n\tposts\norder by id", [("id", "id")], [("posts", "posts")]),
    ("select id from (select id from posts) x", [("id", "id")], [("(select id from posts)", "x")]),
    ("delete from posts", [], [("posts", "posts")]),
    ("", [], []),
]
REFUSED = [
    ("select * from posts", "wildcard columns"),
    ("select p.* from posts p", "wildcard columns"),
    ("select id; select 1", "multiple statements"),
    ("select id; -- x", "multiple statements"),
    ("select id from a union select id from b", 'expected "as", got union'),
    ("select id, case when a then 1 end as c from b", "invalid identifier parts"),
    ("select cast (a as int) b from c", 'expected "as", got'),
]


@pytest.mark.parametrize(("text", "columns", "tables"), QUERIES)
def test_named(text: str, columns: list[tuple[str, str]], tables: list[tuple[str, str]]) -> None:
    query = parse_query(text)
    assert [(each.original, each.alias) for each in query.columns] == columns
    assert [(each.original, each.alias) for each in query.tables] == tables


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(BadQuery, match=reason):
        parse_query(text)


def test_a_semicolon_in_a_text_is_none() -> None:
    assert parse_query("select ';' as id").columns[0].alias == "id"


@settings(max_examples=50)
@given(st.text(alphabet="ab ,()'\"`[];", max_size=30))
def test_nothing_is_lost_by_splitting(text: str) -> None:
    assert "".join(split_outside(text, ", ")) == text


@settings(max_examples=50)
@given(st.text(alphabet="select from id,()'\"`[].*;-/\n", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_query(text)
    except BadQuery as refused:
        assert str(refused)
