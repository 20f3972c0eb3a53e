"""The database of a data directory as of one moment, while others write.

Records are read as they are by then into a file of its own. What has changed since the moment is put back
there as it was; then the database is made of it, in insertion order.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from chalicelib.backups.turn import BackupFailed, Turn
from chalicelib.frozen import dataclass
from chalicelib.pocketbase.data_folder import quoted
from chalicelib.pocketbase.export_schema import (
    make_collection,
    make_indexes,
    make_log_tables,
    make_own_tables,
)
from chalicelib.pocketbase.new_database import new_database
from chalicelib.pocketbase.portions import read_portions, stored_values
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.schema.sqlite_values import Stored
from chalicelib.storage.images import Image, find_images
from chalicelib.storage.record_items import key_of

# A function's disk holds 512 MB: what was read, and the database that is made of it.
LARGEST = 220 * 1024 * 1024
TOO_LARGE = (
    "The records take more than a backup made by a function can hold (220 MB). Make one with"
    " `python -m chalicelib export-pocketbase DIR`; DynamoDB's point-in-time recovery is not bounded."
)


@dataclass(frozen=True)
class Readings:
    """Records as they were read: a table for each collection, by its place among them."""

    collections: Sequence[Collection]
    file: Path
    database: sqlite3.Connection

    def read_all(self, turn: Turn) -> None:
        """Read all records. Raises BackupFailed when it is too much, OutOfTime."""
        for place, collection in enumerate(self.collections):
            count = len(collection.fields)
            columns = "".join(f", c{number}" for number in range(count))
            self.database.execute(f"CREATE TABLE t{place} (key TEXT PRIMARY KEY, place TEXT{columns})")
            for portion in read_portions(collection):
                self.put(place, portion)
                self.database.commit()
                turn.go_on()
                if self.file.stat().st_size > LARGEST:
                    raise BackupFailed(TOO_LARGE)

    def put(self, place: int, records: Iterable[Record]) -> None:
        """Keep records, in place of what was read of them."""
        marks = ", ".join("?" * (len(self.collections[place].fields) + 2))
        rows = [_row_of(record) for record in records]
        self.database.executemany(f"INSERT OR REPLACE INTO t{place} VALUES ({marks})", rows)  # noqa: S608

    def put_back(self, place: int, images: Iterable[Image]) -> None:
        """Put records back that have changed, come or gone since."""
        for image in images:
            self.database.execute(f"DELETE FROM t{place} WHERE key = ?", [image.key])  # noqa: S608
            if image.record:
                self.put(place, [image.record])


def put_back_all(readings: Readings, name: str, turn: Turn) -> None:
    """Put back what was kept under this name."""
    for place, collection in enumerate(readings.collections):
        readings.put_back(place, find_images(name, collection))
        readings.database.commit()
        turn.go_on()


def write_database(
    readings: Readings, database: sqlite3.Connection, settings: dict[str, object]
) -> list[str]:
    """Make the database of what was read; what could not be carried, a line each."""
    make_own_tables(database, settings)
    database.commit()
    database.execute("ATTACH ? AS readings", [str(readings.file)])
    for place, collection in enumerate(readings.collections):
        make_collection(database, collection)
        _fill(database, place, collection)
    told = list(make_indexes(database, readings.collections))
    database.commit()
    return told


def make_views(database: sqlite3.Connection, views: Sequence[Collection]) -> Iterator[str]:
    """The view collections, once the tables are there; those that SQLite does not take."""
    for view in views:
        database.commit()
        try:
            make_collection(database, view)
        except sqlite3.Error as error:
            database.rollback()
            yield f"{view.name}: the view cannot be made: {error}"
    database.commit()


def write_logs(file: Path) -> None:
    """The database of the logs, which are not carried."""
    with new_database(file) as database:
        make_log_tables(database)
        database.commit()


def _fill(database: sqlite3.Connection, place: int, collection: Collection) -> None:
    names = ", ".join(quoted(field.name) for field in collection.fields)
    columns = ", ".join(f"c{number}" for number in range(len(collection.fields)))
    database.execute(
        f"INSERT INTO {quoted(collection.name)} ({names})"  # noqa: S608
        f" SELECT {columns} FROM readings.t{place} ORDER BY place"
    )


def _row_of(record: Record) -> list[Stored]:
    return [key_of(record.collection, record.id)[0], record.rowid, *stored_values(record)]
