"""A small world of collections and records in memory, as a RecordSource that counts what it is asked."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from chalicelib.filters import Access, ByEdge, ById, BySlot, ByUnique, Trials, Union
from chalicelib.filters.sql_text import SqlValue, order_of, to_sql
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.index_values import collate
from chalicelib.schema.record import Record
from chalicelib.schema.slots import Slot

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

    def as_left(self, record: Record) -> Record | None:
        return record

    def everything(self, collection: Collection) -> Iterable[Record]:
        self.asked.append(("everything", collection.name))
        return self.records[collection.id]

    def equal(self, collection: Collection, field: str, value: str) -> Sequence[Record] | None:
        if not any(slot.column_names[:1] == (field,) for slot in collection.ready_slots):
            return None
        self.asked.append(("equal", collection.name, field, value))
        return [record for record in self.records[collection.id] if record.get(field) == value]

    def read(self, collection: Collection, access: Access) -> Iterable[Record]:
        """What storage does for a plan."""
        records = self.records[collection.id]
        if isinstance(access, ById):
            return [record for record in records if record.id in access.ids]
        if isinstance(access, ByUnique):
            wanted = dict(zip(access.index.column_names, access.values, strict=True))
            key = access.index.key_of(wanted)
            return [record for record in records if access.index.key_of(record.values) == key]
        if isinstance(access, Union):
            found = [record for part in access.parts for record in self.read(collection, part)]
            return {record.id: record for record in found}.values()
        if isinstance(access, BySlot):
            records = [record for record in in_slot_order(records, access.slot) if lies_in(record, access)]
        if isinstance(access, ByEdge):
            records = [record for record in records if access.value in record.values[access.field.name]]
        return reversed(records) if access.backwards else records


def in_slot_order(records: Iterable[Record], slot: Slot) -> list[Record]:
    """The records of a slot as an index of SQLite has them."""
    there = [record for record in records if slot.applies_to(record.values)]
    return sorted(
        there, key=lambda record: ([order_of(each) for each in texts_of(record, slot)], record.rowid)
    )


def texts_of(record: Record, slot: Slot) -> list[SqlValue]:
    return [collate(to_sql(record.get(column.name)), column.collate) for column in slot.columns]


def lies_in(record: Record, access: BySlot) -> bool:
    """Whether the record is in the stretch, the next column's range counted only if there is one."""
    values, columns = texts_of(record, access.slot), access.slot.columns
    folded = [collate(value, column.collate) for value, column in zip(access.equal, columns, strict=False)]
    if values[: len(folded)] != folded:
        return False
    if len(folded) == len(values):
        return True
    value, column = values[len(folded)], columns[len(folded)]
    low, high = access.low, access.high
    if access.prefix is not None:
        return str(value).startswith(str(collate(access.prefix, column.collate)))
    above = low is None or order_of(low.value) < order_of(value) or (low.inclusive and low.value == value)
    return above and (
        high is None or order_of(value) < order_of(high.value) or (high.inclusive and high.value == value)
    )


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
