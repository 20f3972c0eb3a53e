"""Records out of the table's indexes, in the index's order, page by page: a slot, an edge, insertion order.

Where a collection is spread over shards, the streams of all shards are merged; they are sorted, so the whole
is.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeAlias

from chalicelib.filters.access import Access, ByEdge, BySlot, InInsertionOrder, Place
from chalicelib.frozen import dataclass
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.budget import Budget
from chalicelib.storage.engine import BATCH_GET_MAX, Attributes, Key, get_engine
from chalicelib.storage.queries import FIRST_KEY, LAST_KEY, Query
from chalicelib.storage.record_items import record_from, records_on
from chalicelib.storage.slot_keys import Stretch, cut_part_of, kept_sort, stretch_of, whole_sort

# Entries of an index: sort key and record.
Entries: TypeAlias = Iterator[tuple[str, Record]]


@dataclass(frozen=True)
class Reading:
    """What is read: of which collection, at whose expense, how much of it first, and from where on."""

    collection: Collection
    budget: Budget | None = None
    first: int | None = None
    after: Place | None = None

    def note(self, entries: Entries) -> Entries:
        """The entries, each paid for."""
        for entry in entries:
            if self.budget:
                self.budget.spend()
            yield entry


def stream(reading: Reading, access: Access) -> Iterator[Record]:
    """What an access to an index finds, in its order."""
    return _STREAMS[type(access)](reading, access)


def _in_insertion_order(reading: Reading, access: InInsertionOrder) -> Iterator[Record]:
    space = reading.collection.space
    bounds = _beyond(reading.after.sort, access.backwards) if reading.after else Stretch("")
    queries = [
        _query(reading, (keys.rows_key(space, shard), "gsi1"), bounds, access.backwards)
        for shard in range(reading.collection.shards.most)
    ]
    records = (record for _, record in _merged(reading, queries, "g1sk"))
    return _each_once(records) if len(queries) > 1 else records


def _by_slot(reading: Reading, access: BySlot) -> Iterator[Record]:
    return _each_once(_through_slot(reading, access))


def _each_once(records: Iterable[Record]) -> Iterator[Record]:
    """A record that is moved while it is read may come by twice: it is given once."""
    seen: set[str] = set()
    for record in records:
        if record.id not in seen:
            seen.add(record.id)
            yield record


def _through_slot(reading: Reading, access: BySlot) -> Iterator[Record]:
    slot, space = access.slot, reading.collection.space
    wanted = stretch_of(access)
    if reading.after:
        wanted = _after(wanted, reading.after, access)
    if wanted.is_empty:
        return
    partitions = [keys.slot_key(space, slot.tag, shard) for shard in range(reading.collection.shards.most)]
    queries = [_query(reading, (each, f"gsi{slot.number}"), wanted, access.backwards) for each in partitions]
    entries = _merged(reading, queries, f"g{slot.number}sk")
    yield from _in_whole_order(entries, access, reading.after)


def _in_whole_order(entries: Entries, access: BySlot, after: Place | None) -> Iterator[Record]:
    """Entries in their keys' order, those with cut keys in the order of what was cut."""
    for part, alike in groupby(entries, key=lambda entry: cut_part_of(entry[0])):
        records = (record for _, record in alike)
        yield from _sorted_alike(records, access, after) if part else records


def _sorted_alike(records: Iterable[Record], access: BySlot, after: Place | None) -> Iterator[Record]:
    by_whole = {whole_sort(access.slot, record): record for record in records}
    for sort in sorted(by_whole, reverse=access.backwards):
        if after is None or (sort < after.sort if access.backwards else sort > after.sort):
            yield by_whole[sort]


def _after(wanted: Stretch, place: Place, access: BySlot) -> Stretch:
    """What is left of a stretch; where keys were cut, from the first that was cut so."""
    kept = kept_sort(access.slot, place.sort)
    part = cut_part_of(kept)
    if part:
        rest = Stretch("", high=part + LAST_KEY) if access.backwards else Stretch("", low=part, high=LAST_KEY)
    else:
        rest = _beyond(kept, access.backwards)
    whole = wanted.as_bounds()
    return Stretch("", max(whole.low, rest.low), min(whole.high, rest.high or LAST_KEY))


def _beyond(sort: str, backwards: bool) -> Stretch:
    """The sort keys after this one, in the direction of reading."""
    if backwards:
        return Stretch("", FIRST_KEY, just_below(sort))
    return Stretch("", sort + FIRST_KEY, LAST_KEY)


def just_below(sort: str) -> str:
    """As good as the greatest text that is smaller; sort keys end with a rowid, of letters and digits."""
    return sort[:-1] + chr(ord(sort[-1]) - 1) + LAST_KEY


def _by_edge(reading: Reading, access: ByEdge) -> Iterator[Record]:
    """The edges' records, fetched many at a time; an edge may be left over of a record that is gone."""
    collection = reading.collection
    partition = keys.edge_key(collection.space, collection.columns[access.field.id], access.value)
    bounds = _beyond(reading.after.sort, access.backwards) if reading.after else Stretch("")
    page_size = reading.first or BATCH_GET_MAX
    query = Query(
        partition, "gsi1", low=bounds.low, high=bounds.high, backwards=access.backwards, page_size=page_size
    )
    for page in get_engine().query(query):
        for start in range(0, len(page), BATCH_GET_MAX):
            yield from _ends_of(page[start : start + BATCH_GET_MAX], reading)


def _ends_of(edges: list[Attributes], reading: Reading) -> Iterator[Record]:
    wanted: list[Key] = [(edge["pk"]["S"], keys.RECORD_SORT) for edge in edges]
    found = {item["pk"]["S"]: item for item in get_engine().batch_get(wanted)}
    there = ((key, record_from(reading.collection, found[key])) for key, _ in wanted if key in found)
    return (record for _, record in reading.note(there))


def _query(reading: Reading, at: tuple[str, str], wanted: Stretch, backwards: bool) -> Query:
    partition, index = at
    is_range = bool(wanted.low or wanted.high)
    return Query(
        partition,
        index,
        prefix="" if is_range else wanted.start,
        low=wanted.low,
        high=wanted.high,
        backwards=backwards,
        page_size=reading.first,
    )


def _merged(reading: Reading, queries: list[Query], order: str) -> Entries:
    streams = [reading.note(_entries(reading.collection, query, order)) for query in queries]
    if len(streams) == 1:
        return streams[0]
    return heapq.merge(*streams, key=lambda entry: entry[0], reverse=queries[0].backwards)


def _entries(collection: Collection, query: Query, order: str) -> Entries:
    for page in get_engine().query(query):
        yield from records_on(collection, page, order)


_STREAMS: Mapping[type, Callable[[Reading, Any], Iterator[Record]]] = {
    InInsertionOrder: _in_insertion_order,
    BySlot: _by_slot,
    ByEdge: _by_edge,
}
