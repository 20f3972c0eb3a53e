"""The fields that follow from a view's query."""

import pytest

from chalicelib.schema.collection import Collection
from chalicelib.schema.view_fields import fields_of, with_former_ids
from chalicelib.schema.view_query import parse_query

POSTS = Collection.from_json(
    {
        "id": "posts_id",
        "name": "posts",
        "fields": [
            {"name": "title", "type": "text", "max": 7},
            {"name": "likes", "type": "number", "onlyInt": True},
            {"name": "secret", "type": "text", "hidden": True},
        ],
    }
)
TABLES = {"posts": POSTS}
# A column, and what of its field is to be seen.
COLUMNS = [
    ("id", "id", {"type": "text", "id": "text3208210256", "primaryKey": True, "required": True, "min": 0}),
    ("title", "title", {"type": "text", "max": 7}),
    ("TITLE t", "t", {"type": "text", "max": 7}),
    ("posts.title", "title", {"type": "text", "max": 7}),
    ("secret as s", "s", {"type": "text", "hidden": True}),
    ("id as pid", "pid", {"type": "relation", "collectionId": "posts_id", "maxSelect": 1}),
    ("count(id) c", "c", {"type": "number", "onlyInt": True, "id": "number112844655"}),
    ("total(likes) c", "c", {"type": "number", "onlyInt": False}),
    ("sum(likes) c", "c", {"type": "json", "maxSize": 1}),
    ("cast(title as int) c", "c", {"type": "number", "onlyInt": True}),
    ("CAST(title AS Real) c", "c", {"type": "number", "onlyInt": False}),
    ("cast(title as bool) c", "c", {"type": "bool"}),
    ("cast(likes as text) c", "c", {"type": "text"}),
    ("cast(likes as date) c", "c", {"type": "json"}),
    ("upper(title) c", "c", {"type": "json"}),
    ("nope c", "c", {"type": "json"}),
    ("other.title c", "c", {"type": "json"}),
    ("main.posts.title c", "c", {"type": "json"}),
]


@pytest.mark.parametrize(("column", "name", "expected"), COLUMNS)
def test_fields(column: str, name: str, expected: dict[str, object]) -> None:
    (field,) = fields_of([name], parse_query(f"select {column} from posts"), TABLES)
    shown = field.to_json()
    assert {key: shown[key] for key in expected} == expected
    assert shown["name"] == name


def test_a_table_in_another_case_is_not_known() -> None:
    (field,) = fields_of(["title"], parse_query("select title from Posts"), TABLES)
    assert field.type == "json"


def test_a_copied_field_has_an_id_of_its_own() -> None:
    (field,) = fields_of(["title"], parse_query("select title from posts"), TABLES)
    assert field.id.startswith("_clone_")


def test_ids_stay_where_nothing_else_changed() -> None:
    query = parse_query("select title, likes from posts")
    before = fields_of(["title", "likes"], query, TABLES)
    after = fields_of(["title", "likes"], query, {"posts": POSTS})
    assert with_former_ids(after, before) == before


def test_a_view_without_tables() -> None:
    (field,) = fields_of(["x"], parse_query("select 1 as x"), {})
    assert field.type == "json"
