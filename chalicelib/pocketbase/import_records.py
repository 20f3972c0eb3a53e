"""Records of a data directory, written into their collections' spaces: order, hashes and dates are kept."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.files.named import files_of
from chalicelib.pocketbase.data_folder import DataFolder, Row
from chalicelib.pocketbase.values import is_changed
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.record import Record
from chalicelib.schema.sqlite_values import NotHeld, held_value
from chalicelib.storage.bulk import items_of, key_of_item, put_all
from chalicelib.storage.engine import Attributes
from chalicelib.storage.failures import ItemTooLarge
from chalicelib.storage.keys import UNIQUE_SORT
from chalicelib.storage.rowids import new_stamp

PORTION = 500
# Ends the rowids of imported records, which sort by SQLite's and before all that are given from now on.
ROWID_TAIL = "imported"
# Greater ones would come after those that are given: they follow a 2**52 of their own.
GREATEST_ROWID, LEAST_ROWID = 2**52, -(2**63)
TOO_LARGE = "{}: record {} is not carried: it is too large even when compressed (376 KB at most)."
NOT_UNIQUE = "{}: record {} is not carried: another one has its values of a unique index."
NO_VALUE = "{}: {} of record {} is not carried and is empty: {}."
NO_FILE = "{}: the file {} of record {} is not in the directory."
CHANGED = "{}: {} values of {} had not the form of their field and have it now."


@dataclass
class Carried:
    """What has come of one collection's records so far: the unique values that are taken, what is to tell.

    `storage`: where their files are to be; None when they are elsewhere.
    """

    collection: Collection
    storage: Path | None = None
    told: list[str] = field(default_factory=list)
    taken: set[bytes] = field(default_factory=set)
    changes: Counter[str] = field(default_factory=Counter)

    def describe_changes(self) -> list[str]:
        """How many values are not what they were, by field."""
        return [CHANGED.format(self.collection.name, count, name) for name, count in self.changes.items()]

    def items(self, row: Row) -> list[Attributes]:
        """The items of one record; none when it cannot be carried."""
        record = self._read(row)
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
        self.told += self._find_missing(record)
        return items

    def _read(self, row: Row) -> Record:
        values = {each.name: self._value(each, row) for each in self.collection.fields}
        return Record(self.collection, values, rowid=rowid_of(row), rev=1, stamp=new_stamp())

    def _value(self, column: Field, row: Row) -> Any:
        stored = row.get(column.name)
        try:
            value = held_value(column, stored)
        except NotHeld as reason:
            self.told.append(NO_VALUE.format(self.collection.name, column.name, row["id"], reason))
            return column.normalize(None)
        if is_changed(column, stored, value):
            self.changes[column.name] += 1
        return value

    def _find_missing(self, record: Record) -> Iterator[str]:
        places = files_of(record) if self.storage else ()
        for place in places:
            if self.storage and not (self.storage / place.key).is_file():
                yield NO_FILE.format(self.collection.name, place.name, record.id)


def import_records(data: DataFolder, carried: Carried, done: int) -> Iterator[tuple[int, int]]:
    """Write what comes after a rowid; answers, portion by portion, how many were read and the last rowid.

    What comes before is read as well: its unique values are taken.
    """
    for rows in data.records(carried.collection.name, PORTION):
        put_all(_items(carried, rows, done))
        yield len(rows), int(rows[-1]["@rowid"])


def rowid_of(row: Row) -> str:
    """The place in insertion order.

    >>> rowid_of({"@rowid": 258})
    '0000000000000102imported'
    >>> rowid_of({"@rowid": -2}) < rowid_of({"@rowid": -1}) < rowid_of({"@rowid": 0})
    True
    """
    number = int(row["@rowid"])
    if number < 0:
        return f"-{number - LEAST_ROWID:016x}{ROWID_TAIL}"
    beyond = f"{number:016x}" if number >= GREATEST_ROWID else ""
    return f"{min(number, GREATEST_ROWID):016x}{beyond}{ROWID_TAIL}"


def _items(carried: Carried, rows: Sequence[Row], done: int) -> list[Attributes]:
    found = [(int(row["@rowid"]), carried.items(row)) for row in rows]
    return [item for rowid, items in found if rowid > done for item in items]


def _digest(item: Attributes) -> bytes:
    return hashlib.blake2b(key_of_item(item)[0].encode(), digest_size=16).digest()
