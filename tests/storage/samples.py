"""Collections and records to store, with nothing but the schema behind them."""

from typing import Any

from chalicelib.filters import ALWAYS, ById, ByUnique, InInsertionOrder, Plan, Sort
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record

EVERY_TYPE = (
    {"type": "text", "name": "title"},
    {"type": "editor", "name": "body"},
    {"type": "number", "name": "count"},
    {"type": "bool", "name": "done"},
    {"type": "email", "name": "mail"},
    {"type": "url", "name": "link"},
    {"type": "date", "name": "due"},
    {"type": "autodate", "name": "created", "onCreate": True},
    {"type": "select", "name": "state", "values": ["new", "old"]},
    {"type": "select", "name": "tags", "values": ["a", "b", "c"], "maxSelect": 3},
    {"type": "relation", "name": "owner", "collectionId": "users"},
    {"type": "relation", "name": "likes", "collectionId": "users", "maxSelect": 9},
    {"type": "json", "name": "meta"},
    {"type": "password", "name": "secret"},
    {"type": "geoPoint", "name": "place"},
)


def make_collection(name: str, *fields: dict[str, Any], indexes: tuple[str, ...] = ()) -> Collection:
    """A base collection, kept under a space named after it."""
    definition = {"id": f"{name}_id", "name": name, "fields": list(fields), "indexes": list(indexes)}
    made = Collection.from_json(definition)
    return Collection.from_stored({**made.to_stored(), "space": f"space-{name}"})


POSTS = make_collection("posts", *EVERY_TYPE)
PEOPLE = make_collection(
    "people",
    {"type": "text", "name": "name"},
    {"type": "text", "name": "slug"},
    {"type": "number", "name": "age"},
    indexes=(
        "CREATE UNIQUE INDEX idx_name ON people (name COLLATE NOCASE) WHERE name != ''",
        "CREATE UNIQUE INDEX idx_slug_age ON people (slug, age)",
    ),
)


def make_record(collection: Collection, record_id: str, **values: Any) -> Record:
    """A record that is not stored yet."""
    empty = {field.name: field.empty for field in collection.fields}
    return Record(collection, {**empty, "id": record_id, **values})


def everything(backwards: bool = False) -> Plan:
    """Read the whole collection."""
    return Plan(InInsertionOrder(backwards), ALWAYS, Sort(), True)


def these(*ids: str) -> Plan:
    """Read some records."""
    return Plan(ById(ids), ALWAYS, Sort(), True)


def the_one(collection: Collection, index: str, *values: Any) -> Plan:
    """Read what a unique index leads to."""
    (found,) = [each for each in collection.indexes if each.name == index]
    return Plan(ByUnique(found, values), ALWAYS, Sort(), True)
