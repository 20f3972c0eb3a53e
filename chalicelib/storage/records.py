"""Records: reading them, and what each looks like in the table.

A record that is asked for by id or by unique values is read consistently. Lists go through `gsi1`, which
may lag a write by some milliseconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.filters.plan import ById, ByUnique, Plan
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.budget import Budget
from chalicelib.storage.columns import data_of, unknown_in, values_of
from chalicelib.storage.engine import Attributes, Key, get_engine
from chalicelib.storage.items import RecordItem, UniqueItem, VersionItem
from chalicelib.storage.queries import Query


def find_record(collection: Collection, record_id: str) -> Record | None:
    """The record with this id, if there is one."""
    found = get_engine().get(key_of(collection, record_id))
    return _record(collection, found) if found else None


def find_records(collection: Collection, record_ids: Sequence[str]) -> dict[str, Record]:
    """Those of these records that exist, by id."""
    found = get_engine().batch_get([key_of(collection, record_id) for record_id in record_ids])
    records = [_record(collection, attributes) for attributes in found]
    return {record.id: record for record in records}


def find_everywhere(wanted: Sequence[tuple[Collection, str]]) -> list[Record]:
    """Those of these records, of whatever collections, that exist: read together."""
    collections = {key_of(collection, record_id): collection for collection, record_id in wanted}
    found = get_engine().batch_get(list(collections))
    return [_record(collections[each["pk"]["S"], each["sk"]["S"]], each) for each in found]


def find_record_and_version(collection: Collection, record_id: str) -> tuple[Record | None, str]:
    """The record, if there is one, and the configuration's version, read in one call."""
    found = get_engine().batch_get([key_of(collection, record_id), keys.VERSION_KEY])
    by_sort = {attributes["sk"]["S"]: attributes for attributes in found}
    record = by_sort.get(keys.RECORD_SORT)
    version = by_sort.get(keys.VERSION_SORT)
    return (
        _record(collection, record) if record else None,
        VersionItem.from_attributes(version).version if version else "",
    )


def find_by_unique(collection: Collection, index: Index, values: Sequence[Any]) -> Record | None:
    """The record that a unique index has under these values, one per column."""
    # Whether the record is in a partial index cannot be told from these values; what is found was.
    key = replace(index, condition=None).key_of(dict(zip(index.column_names, values, strict=True)))
    if key is None:
        return None
    held = get_engine().get((keys.unique_key(collection.space, index.stored_name, key), keys.UNIQUE_SORT))
    record = find_record(collection, UniqueItem.from_attributes(held).owner) if held else None
    return record if record and index.key_of(record.values) == key else None


def read(collection: Collection, plan: Plan, budget: Budget, first: int | None = None) -> Iterator[Record]:
    """What the plan's access finds, one by one. `first`: how many will be wanted, if known."""
    for record in _access(collection, plan, first):
        budget.spend()
        yield record


def count_after(last: Record, backwards: bool, budget: Budget) -> int:
    """How many records follow this one in insertion order; they are counted where they are, not fetched."""
    space = last.collection.space
    pk, sk = key_of(last.collection, last.id)
    after = {"pk": pk, "sk": sk, "g1pk": keys.rows_key(space), "g1sk": last.rowid}
    total = 0
    for found in get_engine().count(Query(after["g1pk"], index="gsi1", backwards=backwards, after=after)):
        budget.spend(found)
        total += found
    return total


def read_pages(collection: Collection) -> Iterator[list[Record]]:
    """All records, page by page, oldest first: for work that goes through everything."""
    for page in get_engine().query(Query(keys.rows_key(collection.space), index="gsi1")):
        yield list(_whole(collection, page))


def key_of(collection: Collection, record_id: str) -> Key:
    """Where a record is kept."""
    return keys.record_key(collection.space, record_id), keys.RECORD_SORT


def item_of(record: Record) -> RecordItem:
    """The record as it is stored."""
    collection = record.collection
    pk, sk = key_of(collection, record.id)
    item = RecordItem(pk, sk, rev=record.rev, stamp=record.stamp)
    item.g1pk, item.g1sk = keys.rows_key(collection.space), record.rowid
    return item.keep(data_of(record))


def _access(collection: Collection, plan: Plan, first: int | None) -> Iterator[Record]:
    access = plan.access
    if isinstance(access, ById):
        return iter(find_records(collection, access.ids).values())
    if isinstance(access, ByUnique):
        record = find_by_unique(collection, access.index, access.values)
        return iter([record] if record else [])
    return _in_insertion_order(collection, access.backwards, first)


def _in_insertion_order(collection: Collection, backwards: bool, first: int | None) -> Iterator[Record]:
    partition = keys.rows_key(collection.space)
    wanted = Query(partition, index="gsi1", backwards=backwards, page_size=first)
    for page in get_engine().query(wanted):
        yield from _whole(collection, page)


def _whole(collection: Collection, page: Sequence[Attributes]) -> Iterator[Record]:
    """A page of an index as records; the large ones, which no index projects, are fetched together."""
    large = [(item["pk"]["S"], item["sk"]["S"]) for item in page if "data" not in item]
    fetched = {item["pk"]["S"]: item for item in get_engine().batch_get(large)}
    for item in page:
        whole = item if "data" in item else fetched.get(item["pk"]["S"])
        if whole:  # removed since the index was read otherwise
            yield _record(collection, whole)


def _record(collection: Collection, attributes: Attributes) -> Record:
    item = RecordItem.from_attributes(attributes)
    data = item.value
    return Record(
        collection,
        values=values_of(collection, data),
        rowid=item.g1sk,
        rev=int(item.rev),
        stamp=item.stamp or "",
        unknown=unknown_in(collection, data),
    )
