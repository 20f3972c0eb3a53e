"""Records of a data directory, written into their collections' spaces: order, hashes and dates are kept."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.pocketbase.data_folder import DataFolder, Row
from chalicelib.pocketbase.values import value_from
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.bulk import items_of, key_of_item, put_all
from chalicelib.storage.engine import Attributes
from chalicelib.storage.failures import ItemTooLarge
from chalicelib.storage.keys import UNIQUE_SORT
from chalicelib.storage.rowids import new_stamp

PORTION = 500
# Ends the rowids of imported records, which sort by SQLite's and before all that are given from now on.
ROWID_TAIL = "imported"
GREATEST_ROWID = 2**52
TOO_LARGE = "{}: record {} is not carried: it is too large even when compressed (376 KB at most)."
NOT_UNIQUE = "{}: record {} is not carried: another one has its values of a unique index."


@dataclass
class Carried:
    """What has come of one collection's records so far: the unique values that are taken, what is to tell."""

    collection: Collection
    told: list[str] = field(default_factory=list)
    taken: set[bytes] = field(default_factory=set)

    def items(self, row: Row) -> list[Attributes]:
        """The items of one record; none when it cannot be carried."""
        record = read_record(self.collection, row)
        try:
            items = items_of(record)
        except ItemTooLarge:
            self.told.append(TOO_LARGE.format(self.collection.name, record.id))
            return []
        claims = {_digest(item) for item in items if key_of_item(item)[1] == UNIQUE_SORT}
        if claims & self.taken:
            self.told.append(NOT_UNIQUE.format(self.collection.name, record.id))
            return []
        self.taken |= claims
        return items


def import_records(data: DataFolder, carried: Carried, done: int) -> Iterator[tuple[int, int]]:
    """Write what comes after a rowid; answers, portion by portion, how many were read and the last rowid.

    What comes before is read as well: its unique values are taken.
    """
    for rows in data.records(carried.collection.name, PORTION):
        put_all(_items(carried, rows, done))
        yield len(rows), int(rows[-1]["@rowid"])


def read_record(collection: Collection, row: Row) -> Record:
    """The record of a row."""
    values = {each.name: value_from(each, row.get(each.name)) for each in collection.fields}
    return Record(collection, values, rowid=rowid_of(row), rev=1, stamp=new_stamp())


def rowid_of(row: Row) -> str:
    """The place in insertion order.

    >>> rowid_of({"@rowid": 258})
    '0000000000000102imported'
    """
    return f"{min(max(int(row['@rowid']), 0), GREATEST_ROWID):016x}{ROWID_TAIL}"


def _items(carried: Carried, rows: Sequence[Row], done: int) -> list[Attributes]:
    found = [(int(row["@rowid"]), carried.items(row)) for row in rows]
    return [item for rowid, items in found if rowid > done for item in items]


def _digest(item: Attributes) -> bytes:
    return hashlib.blake2b(key_of_item(item)[0].encode(), digest_size=16).digest()
