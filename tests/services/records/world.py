"""A small blog to try things on: authors, tags, posts, comments, and collections with rules of each kind."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.collections.load import get_catalog
from chalicelib.collections.save import Change, save_change
from chalicelib.ids import checksum_id
from chalicelib.records.save import save_new
from chalicelib.request import RequestInfo
from chalicelib.schema.changes import with_access
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.security.passwords import hash_password

PASSWORD = "correct horse"
PASSWORD_HASH = hash_password(PASSWORD, cost=4)

RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
OPEN = dict.fromkeys(RULES, "")
OK_ONLY = dict.fromkeys(RULES, "name = 'ok'")
LOCKED = dict.fromkeys(RULES)


def text(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "type": "text", **options}


def number(name: str) -> dict[str, Any]:
    return {"name": name, "type": "number"}


def relation(name: str, target: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "type": "relation", "collectionId": target, **options}


def several(name: str, target: str, **options: Any) -> dict[str, Any]:
    return relation(name, target, maxSelect=9, **options)


def unique(name: str, collection: str, columns: str) -> str:
    return f"CREATE UNIQUE INDEX {name} ON {collection} ({columns})"


CREATED = {"name": "created", "type": "autodate", "onCreate": True}
UPDATED = {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True}

# Name, rules, fields, indexes. A collection's id is its name with "_id".
BLOG: tuple[tuple[str, Mapping[str, str | None], list[dict[str, Any]], list[str]], ...] = (
    ("tags", OPEN, [text("name")], [unique("one_tag", "tags", "name")]),
    ("authors", OPEN, [text("name", required=True), text("secret", hidden=True)], []),
    (
        "posts",
        OPEN,
        [
            text("title", required=True),
            relation("author", "authors_id"),
            several("tags", "tags_id"),
            number("count"),
            {"name": "data", "type": "json"},
            CREATED,
            UPDATED,
        ],
        [],
    ),
    (
        "comments",
        OPEN,
        [
            text("body"),
            relation("post", "posts_id", required=True, cascadeDelete=True),
            relation("by", "authors_id"),
        ],
        [],
    ),
    ("reviews", OPEN, [relation("author", "authors_id", required=True)], []),
    (
        "profiles",
        OPEN,
        [relation("author", "authors_id"), text("kind")],
        [unique("one_profile", "profiles", "author"), unique("one_of_kind", "profiles", "kind, author")],
    ),
    ("notes", OK_ONLY, [text("name"), relation("author", "authors_id")], []),
    ("safes", LOCKED, [text("name"), relation("author", "authors_id")], []),
)


def build(*definitions: Mapping[str, Any]) -> None:
    """Store the blog's collections, or these."""
    wanted = definitions or [
        {"name": name, "fields": fields, "indexes": indexes, **rules} for name, rules, fields, indexes in BLOG
    ]
    save_change(lambda catalog: Change(put=tuple(_complete(each) for each in wanted)))


def change_collection(name: str, **changes: Any) -> None:
    """Change what a collection's definition says, by JSON names."""
    save_change(lambda catalog: Change(put=(collection(name).merged_with(changes).with_columns(),)))


def collection(name: str) -> Collection:
    found = get_catalog().find(name)
    assert found is not None, name
    return found


def add(where: str, **values: Any) -> Record:
    """Store a record past rules and validation."""
    target = collection(where)
    empty = {field.name: field.empty for field in target.fields}
    return save_new(Record(target, {**empty, **values}))


def add_user(name: str, **values: Any) -> Record:
    """Somebody who can sign in with PASSWORD."""
    given = {"name": name, "email": f"{name}@example.com", "password": PASSWORD_HASH}
    return add("users", **{**given, **values})


def ask(by: Record | None = None, body: Mapping[str, Any] | None = None, **query: str) -> RequestInfo:
    """A request of somebody, or of a guest."""
    return RequestInfo(auth=by, body={} if body is None else body, query=query)


def _complete(definition: Mapping[str, Any]) -> Collection:
    made = Collection.from_json({"type": "base", "id": f"{definition['name']}_id", **definition})
    return with_access(replace(made, space=checksum_id("space", made.name)), None)
