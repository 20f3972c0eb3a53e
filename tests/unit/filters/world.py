"""A small world of collections and records in memory, as a RecordSource that counts what it is asked."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from chalicelib.filters import ById, ByUnique, InInsertionOrder, Trials
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record

# What auth records have but the server never shows.
UNSEEN = {"password": "hash", "tokenKey": "key"}


class MemorySource:
    """Records held in lists, in insertion order."""

    def __init__(self, collections: Iterable[Collection]) -> None:
        self.catalog = Catalog(collections)
        self.records: dict[str, list[Record]] = {collection.id: [] for collection in self.catalog}
        self.asked: list[tuple[str, ...]] = []
        self.trials = Trials()

    def collection(self, name: str) -> Collection:
        found = self.catalog.find(name)
        assert found is not None, name
        return found

    def add(self, name: str, /, **values: object) -> Record:
        collection = self.collection(name)
        fields = collection.field_by_name
        empty = {field.name: field.empty for field in collection.fields}
        given = {key: fields[key].normalize(value) for key, value in values.items() if key in fields}
        rowid = f"{len(self.records[collection.id]):06d}"
        record = Record(collection, {**empty, **given}, rowid)
        self.records[collection.id].append(record)
        return record

    def by_ids(self, collection: Collection, ids: Sequence[str]) -> Sequence[Record]:
        self.asked.append(("ids", collection.name, *ids))
        return [record for record in self.records[collection.id] if record.id in ids]

    def referring(self, collection: Collection, field: str, ids: Sequence[str]) -> Sequence[Record]:
        self.asked.append(("referring", collection.name, field, *ids))
        return [record for record in self.records[collection.id] if refers(record.get(field), ids)]

    def everything(self, collection: Collection) -> Iterable[Record]:
        self.asked.append(("everything", collection.name))
        return self.records[collection.id]

    def read(self, collection: Collection, access: ById | ByUnique | InInsertionOrder) -> Iterable[Record]:
        """What storage does for a plan."""
        records = self.records[collection.id]
        if isinstance(access, ById):
            return [record for record in records if record.id in access.ids]
        if isinstance(access, ByUnique):
            wanted = dict(zip(access.index.column_names, access.values, strict=True))
            key = access.index.key_of(wanted)
            return [record for record in records if access.index.key_of(record.values) == key]
        return reversed(records) if access.backwards else records


def refers(value: object, ids: Sequence[str]) -> bool:
    return bool(set(value) & set(ids)) if isinstance(value, list) else value in ids


def read_world(path: Path) -> MemorySource:
    """The world that the real server showed."""
    stored = json.loads(path.read_text())
    source = MemorySource(Collection.from_json(definition) for definition in stored["collections"])
    for name, records in stored["records"].items():
        for record in records:
            source.add(name, **{**UNSEEN, **record})
    return source
