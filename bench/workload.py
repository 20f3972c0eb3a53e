"""What the costs are measured with: collections, their records, and the requests."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

RULES = dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule", "deleteRule"), "")
TEXT = "x" * 660  # a record takes about 1 KB, keys included
STATES, OWNERS, TAGS = 50, 20, 10

OWNED = {
    "name": "owned",
    "type": "base",
    **RULES,
    "fields": [
        {"name": "title", "type": "text"},
        {"name": "body", "type": "text"},
        {"name": "owner", "type": "relation", "collectionId": "owners_id"},
    ],
}
INDEXED = {
    "name": "indexed",
    "type": "base",
    **RULES,
    "fields": [
        {"name": "title", "type": "text"},
        {"name": "body", "type": "text"},
        {"name": "n", "type": "number"},
        {"name": "state", "type": "text"},
    ],
    "indexes": [
        "CREATE INDEX by_state ON indexed (state, n)",
        "CREATE INDEX by_title ON indexed (title)",
    ],
}
UNIQUE = {
    "name": "unique_ones",
    "type": "base",
    **RULES,
    "fields": [{"name": "slug", "type": "text"}, {"name": "body", "type": "text"}],
    "indexes": ["CREATE UNIQUE INDEX by_slug ON unique_ones (slug)"],
}
TAGGED = {
    "name": "tagged",
    "type": "base",
    **RULES,
    "fields": [
        {"name": "title", "type": "text"},
        {"name": "body", "type": "text"},
        {"name": "tags", "type": "select", "maxSelect": 3, "values": [f"tag{n}" for n in range(TAGS)]},
    ],
    "indexes": ["CREATE INDEX by_title_folded ON tagged (title COLLATE NOCASE)"],
}
FILLED = (OWNED, INDEXED, UNIQUE, TAGGED)
OWNERS_DEFINITION = {
    "name": "owners",
    "id": "owners_id",
    "type": "base",
    **RULES,
    "fields": [{"name": "name", "type": "text"}],
    "indexes": ["CREATE UNIQUE INDEX owner_name ON owners (name)"],
}
PATH = "/api/collections/{}/records"


@dataclass(frozen=True)
class Operation:
    """What is measured; `{new}` is another id each time, `reads` and `writes` what it may cost at most."""

    name: str
    method: str
    path: str
    body: Any = None
    reads: float | None = None
    writes: float | None = None
    grows: bool = False


def listed(collection: str, **query: str) -> str:
    return PATH.format(collection) + "?" + "&".join(f"{key}={quote(value)}" for key, value in query.items())


ONE = "rec000000000007"
OWNER = f"{'o' * 13}07"
VALUES = {"id": "{new}", "title": "new", "body": TEXT}
OPERATIONS = (
    Operation("view", "GET", PATH.format("owned") + f"/{ONE}", reads=1, writes=0),
    Operation("list 30, newest first", "GET", listed("owned", sort="-@rowid", skipTotal="1"), reads=4),
    Operation("list 30, with totals", "GET", listed("owned"), reads=5),
    Operation("list 30, by cursor", "GET", listed("owned", cursor=""), reads=4.5),
    Operation("list 30, sort by an index", "GET", listed("indexed", sort="-title", skipTotal="1"), reads=4),
    Operation(
        "list 20, filter and sort by an index",
        "GET",
        listed("indexed", filter="state = 's7' && n >= 0", sort="-n", skipTotal="1", perPage="20"),
        reads=4,
    ),
    Operation(
        "list 30, filter by a relation", "GET", listed("owned", filter=f"owner='{OWNER}'", skipTotal="1")
    ),
    Operation(
        "list 30, filter by a relation's unique field",
        "GET",
        listed("owned", filter="owner.name='owner 7'", skipTotal="1"),
        grows=True,  # up to 200 records are read first
    ),
    Operation(
        "list 30, a range of an index",
        "GET",
        listed("indexed", filter="title > 'Title 000000100'", sort="title", skipTotal="1"),
        reads=4,
    ),
    Operation(
        "list 30, the beginning of a text",
        "GET",
        listed("tagged", filter="title ~ 'title 00000042%'", skipTotal="1"),
    ),
    Operation(
        "list 30, filter by an edge", "GET", listed("tagged", filter="tags:each ?= 'tag7'", skipTotal="1")
    ),
    Operation(
        "list 30, one index or another",
        "GET",
        listed("indexed", filter="state = 's7' || title = 'Title 000000100'", skipTotal="1"),
        grows=True,  # all that match are read, and put in order
    ),
    Operation(
        "list, 3 ids", "GET", listed("owned", filter=f"id='{ONE}' || id='{ONE[:-1]}8' || id='{ONE[:-1]}9'")
    ),
    Operation("count, by an index", "GET", listed("indexed", filter="state='s7'", perPage="1"), grows=True),
    Operation("list, one of a unique index", "GET", listed("unique_ones", filter="slug='slug-7'"), reads=2),
    Operation("list, filter without an index", "GET", listed("owned", filter="title='none'"), grows=True),
    Operation("create, one relation", "POST", PATH.format("owned"), {**VALUES, "owner": OWNER}, writes=3),
    Operation("create, two indexes", "POST", PATH.format("indexed"), {**VALUES, "n": 5, "state": "s7"}),
    Operation(
        "create, two edges and an index", "POST", PATH.format("tagged"), {**VALUES, "tags": ["tag1", "tag2"]}
    ),
    Operation("create, one unique index", "POST", PATH.format("unique_ones"), {**VALUES, "slug": "{new}"}),
    Operation("update, no indexed value", "PATCH", PATH.format("owned") + f"/{ONE}", {"title": "t{new}"}),
    Operation("update, an indexed value", "PATCH", PATH.format("indexed") + f"/{ONE}", {"n+": 1}),
    Operation("delete, one relation", "DELETE", PATH.format("owned") + "/{new}"),
)
