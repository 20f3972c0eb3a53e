"""Records: finding one or some, and reading what a plan's access finds.

A record that is asked for by id or by unique values is read consistently. Lists go through indexes
(streams.py), which may lag a write by some milliseconds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.filters.access import Access, ById, ByUnique, Union
from chalicelib.filters.plan import Plan
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.budget import Budget
from chalicelib.storage.engine import get_engine
from chalicelib.storage.items import UniqueItem, VersionItem
from chalicelib.storage.queries import FIRST_KEY, LAST_KEY, Query
from chalicelib.storage.record_items import key_of, record_from, records_on
from chalicelib.storage.streams import Reading, stream


def find_record(collection: Collection, record_id: str) -> Record | None:
    """The record with this id, if there is one."""
    found = get_engine().get(key_of(collection, record_id))
    return record_from(collection, found) if found else None


def find_records(collection: Collection, record_ids: Sequence[str]) -> dict[str, Record]:
    """Those of these records that exist, by id."""
    found = get_engine().batch_get([key_of(collection, record_id) for record_id in record_ids])
    records = [record_from(collection, attributes) for attributes in found]
    return {record.id: record for record in records}


def find_everywhere(wanted: Sequence[tuple[Collection, str]]) -> list[Record]:
    """Those of these records, of whatever collections, that exist: read together."""
    collections = {key_of(collection, record_id): collection for collection, record_id in wanted}
    found = get_engine().batch_get(list(collections))
    return [record_from(collections[each["pk"]["S"], each["sk"]["S"]], each) for each in found]


def find_record_and_version(collection: Collection, record_id: str) -> tuple[Record | None, str]:
    """The record, if there is one, and the configuration's version, read in one call."""
    found = get_engine().batch_get([key_of(collection, record_id), keys.VERSION_KEY])
    by_sort = {attributes["sk"]["S"]: attributes for attributes in found}
    record = by_sort.get(keys.RECORD_SORT)
    version = by_sort.get(keys.VERSION_SORT)
    return (
        record_from(collection, record) if record else None,
        VersionItem.from_attributes(version).version if version else "",
    )


def find_by_unique(collection: Collection, index: Index, values: Sequence[Any]) -> Record | None:
    """The record that a unique index has under these values, one per column."""
    # Whether the record is in a partial index cannot be told from these values; what is found was.
    key = replace(index, condition=None).key_of(dict(zip(index.column_names, values, strict=True)))
    return find_holder(collection, index, key) if key is not None else None


def find_holder(collection: Collection, index: Index, key: tuple[Any, ...]) -> Record | None:
    """The record that a unique index has under this key."""
    held = get_engine().get((keys.unique_key(collection.space, index.stored_name, key), keys.UNIQUE_SORT))
    record = find_record(collection, UniqueItem.from_attributes(held).owner) if held else None
    return record if record and index.key_of(record.values) == key else None


def read(
    collection: Collection, plan: Plan, budget: Budget | None, first: int | None = None
) -> Iterator[Record]:
    """What the plan's access finds, one by one. `first`: how many will be wanted, if known."""
    return _found(Reading(collection, budget, first, plan.after), plan.access)


def count_all(collection: Collection, budget: Budget | None = None) -> int:
    """How many records a collection has: they are counted where they are, not fetched."""
    total = 0
    for shard in range(collection.shards.most):
        for found in get_engine().count(Query(keys.rows_key(collection.space, shard), index="gsi1")):
            if budget:
                budget.spend(found)
            total += found
    return total


def read_pages(collection: Collection) -> Iterator[list[Record]]:
    """All records, page by page, shard by shard, oldest first: for work that goes through everything."""
    for shard in range(collection.shards.most):
        for page in get_engine().query(Query(keys.rows_key(collection.space, shard), index="gsi1")):
            yield [record for _, record in records_on(collection, page, "g1sk")]


def read_some(collection: Collection, place: tuple[int, str], limit: int) -> tuple[list[Record], str]:
    """About so many records of one shard after a rowid, and the last rowid; "" at the shard's end."""
    shard, rowid = place
    low = rowid + FIRST_KEY
    query = Query(keys.rows_key(collection.space, shard), "gsi1", low=low, high=LAST_KEY, page_size=limit)
    page = next(get_engine().query(query))
    records = [record for _, record in records_on(collection, page, "g1sk")]
    return records, page[-1]["g1sk"]["S"] if page else ""


def _found(reading: Reading, access: Access) -> Iterator[Record]:
    return _ACCESSES.get(type(access), stream)(reading, access)


def _by_id(reading: Reading, access: ById) -> Iterator[Record]:
    return _paid(reading, find_records(reading.collection, access.ids).values())


def _by_unique(reading: Reading, access: ByUnique) -> Iterator[Record]:
    record = find_by_unique(reading.collection, access.index, access.values)
    return _paid(reading, [record] if record else [])


def _paid(reading: Reading, records: Iterable[Record]) -> Iterator[Record]:
    return (record for _, record in reading.note(("", record) for record in records))


def _united(reading: Reading, access: Union) -> Iterator[Record]:
    seen: set[str] = set()
    for part in access.parts:
        for record in _found(reading, part):
            if record.id not in seen:
                seen.add(record.id)
                yield record


_ACCESSES: Mapping[type, Callable[[Reading, Any], Iterator[Record]]] = {
    ById: _by_id,
    ByUnique: _by_unique,
    Union: _united,
}
