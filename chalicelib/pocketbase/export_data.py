"""Writing a data directory that PocketBase starts on: the way back.

Its database has another name until all is done. Who was stopped starts over, but for files that are there.
Records are read one collection after another, each as it is at that moment.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from chalicelib.collections.load import get_newest
from chalicelib.pocketbase.carry_settings import settings_to
from chalicelib.pocketbase.data_folder import DATABASE, LOGS, STORAGE, quoted
from chalicelib.pocketbase.export_files import export_files, put_in_place, sync
from chalicelib.pocketbase.export_schema import (
    make_collection,
    make_indexes,
    make_log_tables,
    make_own_tables,
)
from chalicelib.pocketbase.new_database import new_database, remove_beside
from chalicelib.pocketbase.portions import PORTION, read_portions, stored_values
from chalicelib.schema.collection import Collection
from chalicelib.settings.load import get_newest_settings

TOLD_EVERY = 10
UNFINISHED = "data.db.unfinished"
IN_THE_WAY = "{} has a {} already: name a directory that is new or empty."


class ExportRefused(Exception):
    """Nothing was done: says why, and what to do."""


def export_data(folder: Path, tell: Callable[[str], None]) -> list[str]:
    """Write it all; what could not be carried, a line each. Raises ExportRefused."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_others(folder)
        return _export(folder, tell)
    except (OSError, sqlite3.Error) as error:
        raise ExportRefused(f"{folder} cannot be written: {error}") from error


def _refuse_others(folder: Path) -> None:
    """Raise ExportRefused for what there is, unless it is of an export that was cut off."""
    names = sorted(each.name for each in folder.iterdir())
    if names and (DATABASE in names or UNFINISHED not in names):
        raise ExportRefused(IN_THE_WAY.format(folder, DATABASE if DATABASE in names else names[0]))


def _export(folder: Path, tell: Callable[[str], None]) -> list[str]:
    collections = list(get_newest().catalog)
    settings, told = settings_to(get_newest_settings())
    with new_database(folder / UNFINISHED) as database:
        make_own_tables(database, settings)
        for collection in collections:
            make_collection(database, collection)
            _write_records(database, collection, tell)
        told += make_indexes(database, collections)
        database.commit()
    with new_database(folder / LOGS) as database:
        make_log_tables(database)
        database.commit()
    done = 0
    for count in export_files(folder / STORAGE, [each.id for each in collections]):
        done += count
        tell(f"{done} files")
    remove_beside(folder / DATABASE)
    sync(folder / LOGS)
    put_in_place(folder / UNFINISHED, folder / DATABASE)
    sync(folder)
    return told


def _write_records(database: sqlite3.Connection, collection: Collection, tell: Callable[[str], None]) -> None:
    names = [field.name for field in collection.fields]
    columns, marks = ", ".join(map(quoted, names)), ", ".join("?" * len(names))
    statement = f"INSERT INTO {quoted(collection.name)} ({columns}) VALUES ({marks})"  # noqa: S608
    done = 0
    for place, portion in enumerate(read_portions(collection), 1):
        database.executemany(statement, [stored_values(record) for record in portion])
        done += len(portion)
        if place % TOLD_EVERY == 0 or len(portion) < PORTION:
            tell(f"{collection.name}: {done} records")
