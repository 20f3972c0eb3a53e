"""What a record looks like in the table, and back."""

from collections.abc import Iterator, Sequence

from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.columns import data_of, unknown_in, values_of
from chalicelib.storage.engine import Attributes, Key, get_engine
from chalicelib.storage.failures import ItemTooLarge
from chalicelib.storage.items import LARGEST, RecordItem
from chalicelib.storage.slot_keys import rowid_in

# What an item has room for beside its data: its keys, and those of all slots that a collection may get
# later. So a record that was stored can be brought under them.
ROOM_BESIDE = 24 * 1024


def key_of(collection: Collection, record_id: str) -> Key:
    """Where a record is kept."""
    return keys.record_key(collection.space, record_id), keys.RECORD_SORT


def item_of(record: Record) -> RecordItem:
    """The record as it is stored. Raises ItemTooLarge."""
    collection = record.collection
    pk, sk = key_of(collection, record.id)
    item = RecordItem(pk, sk, rev=record.rev, stamp=record.stamp, bond=record.bond or None)
    shard = keys.shard_of(record.id, collection.shards.now)
    item.g1pk, item.g1sk = keys.rows_key(collection.space, shard), record.rowid
    item.keep(data_of(record))
    if item.blob and len(item.blob) > LARGEST - ROOM_BESIDE:
        raise ItemTooLarge(f"{len(item.blob)} bytes of data")
    return item


def records_on(
    collection: Collection, page: Sequence[Attributes], order: str
) -> Iterator[tuple[str, Record]]:
    """A page of an index as records, each with its sort key `order` there.

    The large ones, which no index projects, are fetched together.
    """
    large = [(item["pk"]["S"], item["sk"]["S"]) for item in page if "data" not in item]
    fetched = {item["pk"]["S"]: item for item in get_engine().batch_get(large)}
    for item in page:
        whole = item if "data" in item else fetched.get(item["pk"]["S"])
        if whole:  # removed since the index was read otherwise
            sort = item[order]["S"]
            yield sort, record_from(collection, {**whole, "g1sk": {"S": rowid_in(sort)}})


def record_from(collection: Collection, attributes: Attributes) -> Record:
    """The record that an item holds."""
    item = RecordItem.from_attributes(attributes)
    data = item.value
    return Record(
        collection,
        values=values_of(collection, data),
        rowid=item.g1sk,
        rev=int(item.rev),
        stamp=item.stamp or "",
        unknown=unknown_in(collection, data),
        bond=item.bond or "",
    )
