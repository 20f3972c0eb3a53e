"""A new database file of SQLite's, for this user alone: whatever had its name before is gone."""

import sqlite3
from contextlib import closing
from pathlib import Path

# What is cut off is made anew.
FAST = ("journal_mode = MEMORY", "synchronous = OFF", "locking_mode = EXCLUSIVE")
# What SQLite keeps beside a database: one of another would be taken for this one's.
BESIDE_DATABASES = ("-wal", "-shm", "-journal")


def new_database(file: Path) -> "closing[sqlite3.Connection]":
    """An empty one."""
    file.unlink(missing_ok=True)
    remove_beside(file)
    file.touch(0o600)  # it holds password hashes and secrets
    database = sqlite3.connect(file)
    for pragma in FAST:
        database.execute(f"PRAGMA {pragma}")
    return closing(database)


def remove_beside(file: Path) -> None:
    """Remove what SQLite kept beside a database of this name."""
    for each in BESIDE_DATABASES:
        file.with_name(file.name + each).unlink(missing_ok=True)
