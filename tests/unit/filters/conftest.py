"""A small world: people with a boss, posts with an author and tags, comments on posts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.filters import Scope
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from tests.unit.filters.world import MemorySource

NOW = datetime(2024, 2, 29, 13, 4, 5, 678_000, UTC)
ID = {"name": "id", "type": "text"}


def relation(name: str, collection: str, most: int = 1) -> dict[str, Any]:
    return {"name": name, "type": "relation", "collectionId": collection, "maxSelect": most}


def define(name: str, *fields: dict[str, Any], **options: Any) -> Collection:
    return Collection.from_json({"id": f"c{name}", "name": name, "fields": [ID, *fields], **options})


@pytest.fixture
def source() -> MemorySource:
    text = {"name": "name", "type": "text"}
    unique = ["CREATE UNIQUE INDEX `i` ON `people` (`name`) WHERE `name` != ''"]
    hidden = {"name": "secret", "type": "text", "hidden": True}
    world = MemorySource(
        [
            define(
                "people", text, hidden, relation("boss", "cpeople"), indexes=unique, listRule="name != 'cid'"
            ),
            define("tags", text, listRule=""),
            define(
                "posts",
                {"name": "title", "type": "text"},
                {"name": "n", "type": "number"},
                relation("author", "cpeople"),
                relation("tags", "ctags", 9),
                listRule="",
            ),
            define("comments", text, relation("post", "cposts"), listRule=None),
        ]
    )
    world.add("people", id="ann", name="ann", secret="s")
    world.add("people", id="bob", name="bob", boss="ann")
    world.add("people", id="cid", name="cid", boss="bob")
    for tag in ("red", "blue"):
        world.add("tags", id=tag, name=tag)
    world.add("posts", id="p1", title="b", n=1, author="ann", tags=["red", "blue"])
    world.add("posts", id="p2", title="a", n=2, author="bob", tags=["red"])
    world.add("posts", id="p3", title="c", n=2, author="cid")
    world.add("comments", id="m1", name="first", post="p1")
    world.add("comments", id="m2", name="second", post="p1")
    world.add("comments", id="m3", name="first", post="p2")
    return world


@pytest.fixture
def posts(source: MemorySource) -> Scope:
    """Where a rule of `posts` stands, asked by nobody."""
    return Scope(source.collection("posts"), source.catalog, RequestInfo(), NOW)
