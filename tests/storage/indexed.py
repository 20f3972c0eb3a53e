"""Collections with slots and edges, stored under a space of their own each time."""

from dataclasses import replace
from itertools import count
from typing import Any

from chalicelib.filters import ALWAYS, Access, Place, Plan, Sort
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.record import Record
from chalicelib.schema.slots import Shards, Slot
from chalicelib.storage.budget import Budget
from chalicelib.storage.records import read
from chalicelib.storage.transactions import Create, write_together

_made = count()

FIELDS = (
    {"type": "text", "name": "title"},
    {"type": "number", "name": "size"},
    {"type": "bool", "name": "done"},
    {"type": "date", "name": "due"},
    {"type": "relation", "name": "owner", "collectionId": "people"},
    {"type": "relation", "name": "likes", "collectionId": "people", "maxSelect": 999},
    {"type": "select", "name": "tags", "values": ["a", "b", "c"], "maxSelect": 3},
)


def make_indexed(*indexes: str, shards: int = 1) -> Collection:
    """A collection with these indexes (what follows `CREATE INDEX name ON table`), all ready."""
    texts = [f"CREATE INDEX i{n} ON things {index}" for n, index in enumerate(indexes)]
    made = Collection.from_json({"name": "things", "fields": list(FIELDS), "indexes": texts})
    return replace(complete(made), space=f"things{next(_made)}", shards=Shards(shards, shards))


def slot_on(collection: Collection, *columns: str) -> Slot:
    """The slot on these columns."""
    (found,) = [slot for slot in collection.slots if slot.column_names == columns]
    return found


def add(collection: Collection, record_id: str, **values: Any) -> Record:
    """A stored record."""
    empty = {field.name: field.empty for field in collection.fields}
    (record,) = write_together([Create(Record(collection, {**empty, "id": record_id, **values}))])
    return record


def read_by(
    collection: Collection, access: Access, after: Place | None = None, first: int | None = None
) -> list[Record]:
    """What an access finds."""
    plan = Plan(access, ALWAYS, Sort(), in_order=True, after=after)
    return list(read(collection, plan, Budget(10_000), first))
