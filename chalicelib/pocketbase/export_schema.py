"""The databases of a data directory as PocketBase 0.40 makes them: its own tables, and one per collection."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib import clock
from chalicelib.pocketbase.data_folder import quoted
from chalicelib.pocketbase.values import ID_COLUMN, column_of
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import build_index
from chalicelib.schema.sqlite_values import whole_text, write_json

_NOW = "TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL"
_FLAG = "BOOLEAN DEFAULT FALSE NOT NULL"
_RULE = "TEXT DEFAULT NULL"
OWN_TABLES = (
    "CREATE TABLE `_migrations` (file VARCHAR(255) PRIMARY KEY NOT NULL, applied INTEGER NOT NULL)",
    f"CREATE TABLE `_params` (`id` {ID_COLUMN}, `value` JSON DEFAULT NULL, `created` {_NOW},"
    f" `updated` {_NOW})",
    f"CREATE TABLE `_collections` (`id` {ID_COLUMN}, `system` {_FLAG}, `type` TEXT DEFAULT 'base' NOT NULL,"
    " `name` TEXT UNIQUE NOT NULL, `fields` JSON DEFAULT '[]' NOT NULL, `indexes` JSON DEFAULT '[]' NOT NULL,"
    f" `listRule` {_RULE}, `viewRule` {_RULE}, `createRule` {_RULE}, `updateRule` {_RULE},"
    f" `deleteRule` {_RULE}, `options` JSON DEFAULT '{{}}' NOT NULL, `created` {_NOW}, `updated` {_NOW})",
    "CREATE INDEX idx__collections_type ON `_collections` (`type`)",
)
LOG_TABLES = (
    f"CREATE TABLE `_logs` (`id` {ID_COLUMN}, `level` INTEGER DEFAULT 0 NOT NULL,"
    f" `message` TEXT DEFAULT '' NOT NULL, `data` JSON DEFAULT '{{}}' NOT NULL, `created` {_NOW})",
    "CREATE INDEX idx_logs_level ON `_logs` (`level`)",
    "CREATE INDEX idx_logs_message ON `_logs` (`message`)",
    "CREATE INDEX idx_logs_created_hour ON `_logs` (strftime('%Y-%m-%d %H:00:00', `created`))",
)
# What a directory of 0.40 has gone through: it is as if it had.
MIGRATIONS = (
    "1640988000_aux_init.go",
    "1640988000_init.go",
    "1717233556_v0.23_migrate.go",
    "1717233557_v0.23_migrate2.go",
    "1717233558_v0.23_migrate3.go",
    "1717233559_v0.23_migrate4.go",
    "1763020353_update_default_auth_alert_templates.go",
    "1778828400_normalize_indexes.go",
)
NO_INDEX = "{}: the index {} could not be made: {}"


def make_own_tables(database: sqlite3.Connection, settings: dict[str, Any]) -> None:
    """PocketBase's own tables, with the settings."""
    for statement in OWN_TABLES:
        database.execute(statement)
    applied = clock.unix_milliseconds() * 1000
    rows = [(file, applied + place) for place, file in enumerate(MIGRATIONS)]
    database.executemany("INSERT INTO _migrations VALUES (?, ?)", rows)
    now = clock.to_text(clock.now())
    database.execute("INSERT INTO _params VALUES ('settings', ?, ?, ?)", (write_json(settings), now, now))


def make_log_tables(database: sqlite3.Connection) -> None:
    """The tables of the logs, empty."""
    for statement in LOG_TABLES:
        database.execute(statement)


def make_collection(database: sqlite3.Connection, collection: Collection) -> None:
    """A collection's definition, secrets included, and its table or view."""
    row = _row_of(collection)
    marks = ", ".join("?" * len(row))
    names = ", ".join(map(quoted, row))
    database.execute(f"INSERT INTO _collections ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608
    if collection.type == "view":
        database.execute(_view_of(collection))
        return
    fields = sorted(collection.fields, key=lambda field: field.name)
    columns = ", ".join(f"{quoted(field.name)} {column_of(field)}" for field in fields)
    database.execute(f"CREATE TABLE {quoted(collection.name)} ({columns})")


def _view_of(collection: Collection) -> str:
    """A view as PocketBase makes one: its ids are texts."""
    others = [quoted(field.name) for field in collection.fields if field.name != "id"]
    columns = ", ".join(["CAST(`id` AS TEXT) `id`", *others])
    query = collection.view_query.strip().rstrip(";")
    return f"CREATE VIEW {quoted(collection.name)} AS SELECT {columns} FROM ({query})"  # noqa: S608


def make_indexes(database: sqlite3.Connection, collections: Sequence[Collection]) -> Iterator[str]:
    """All indexes, once the records are there; those that could not be made."""
    for collection in collections:
        for index in collection.indexes:
            try:
                database.execute(build_index(index))
            except sqlite3.Error as error:
                yield NO_INDEX.format(collection.name, index.name, error)


def _options_of(collection: Collection) -> dict[str, Any]:
    if collection.type == "view":
        return {"viewQuery": collection.view_query}
    return collection.auth.to_stored() if collection.auth else {}


def _row_of(collection: Collection) -> dict[str, Any]:
    return {
        "id": collection.id,
        "system": int(collection.system),
        "type": collection.type,
        "name": collection.name,
        "fields": write_json([field.to_json() for field in collection.fields]),
        "indexes": write_json([index.text for index in collection.indexes]),
        **{name: rule if rule is None else whole_text(rule) for name, rule in collection.rules.items()},
        "options": write_json(_options_of(collection)),
        "created": collection.created,
        "updated": collection.updated,
    }
