"""A backup that is going to be restored: looked at before anything is done, since it may come from anywhere.

Nothing in it is believed: neither names, which may lead elsewhere, nor sizes, nor the database, which is
opened to be read, must be sound, and may have nothing but plain tables where records are.
"""

import io
import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from chalicelib.backups.parts import Fetching
from chalicelib.backups.turn import BackupFailed, Turn
from chalicelib.files.store import Held, Missing
from chalicelib.frozen import dataclass
from chalicelib.pocketbase.data_folder import BESIDE, DATABASE, STORAGE

# A function's disk holds 512 MB.
LARGEST_DATABASE = 400 * 1024 * 1024
LARGEST_FILES = 50 * 1024**3
LARGEST_BESIDE = 64 * 1024
LARGEST_DIRECTORY = 32 * 1024 * 1024
PIECE = 1024 * 1024
# One transaction puts all collections to use.
MOST_COLLECTIONS = 90
_END = b"PK\x05\x06"
_END_SIZE, _LONGEST_COMMENT = 22, 65_535
# The end of a zip of over 4 GB or 65 535 files: what stands before the end says where it is.
_IS_ZIP64, _LOCATOR_SIZE, _END64_SIZE = 0xFFFFFFFF, 20, 56
UNREADABLE = "The backup is damaged or no zip: {}."
NO_DATABASE = f"The backup has no {DATABASE}: it is no backup of PocketBase 0.23 or later."
BAD_NAME = "The backup has a file that leads out of it: {!r}."
TOO_LARGE = (
    "The backup's {} too large to be restored by a function ({}): unpack it and use"
    " `python -m chalicelib import-pocketbase`."
)
BAD_DATABASE = f"The backup's {DATABASE} cannot be read: {{}}."
TOO_MANY = "The backup has {} collections: one transaction puts them to use, which takes {}."


@dataclass(frozen=True)
class Backup:
    """An open zip: the database's entry, and those of files by their keys in the bucket."""

    archive: zipfile.ZipFile
    database: zipfile.ZipInfo
    files: Mapping[str, zipfile.ZipInfo]
    beside: Mapping[str, zipfile.ZipInfo]

    def read_beside(self, key: str) -> dict[str, Any]:
        """What PocketBase has noted about a file; nothing where it has not."""
        entry = self.beside.get(key)
        if entry is None or entry.file_size > LARGEST_BESIDE:
            return {}
        try:
            found = json.loads(self.archive.read(entry))
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


@contextmanager
def open_backup(held: Held) -> Iterator[Backup]:
    """A backup, to be read. Raises BackupFailed."""
    file = cast(BinaryIO, io.BufferedReader(Fetching(held.key, held.size, held.etag), PIECE))
    try:
        _refuse_large_directory(file, held.size)
        with zipfile.ZipFile(file) as archive:
            yield _look_at(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error) as error:
        raise BackupFailed(UNREADABLE.format(error or type(error).__name__)) from error
    except (UnicodeError, OverflowError, RuntimeError, ValueError) as error:  # passwords, impossible numbers
        raise BackupFailed(UNREADABLE.format(type(error).__name__)) from error
    except Missing as missing:
        raise BackupFailed("The backup was removed or replaced while it was read.") from missing


def unpack_database(backup: Backup, folder: Path, turn: Turn) -> None:
    """Put the database into a folder, and look at it. Raises BackupFailed."""
    with backup.archive.open(backup.database) as source, (folder / DATABASE).open("wb") as into:
        while piece := source.read(PIECE):
            into.write(piece)
            turn.go_on()
            if into.tell() > LARGEST_DATABASE:
                raise BackupFailed(TOO_LARGE.format("database is", "400 MB at most"))
    try:
        with closing(sqlite3.connect(f"{(folder / DATABASE).as_uri()}?mode=ro", uri=True)) as database:
            _refuse_tricks(database)
    except sqlite3.Error as error:
        raise BackupFailed(BAD_DATABASE.format(error)) from error


def _refuse_tricks(database: sqlite3.Connection) -> None:
    """A view may take for ever where a table is expected, as may columns that are computed."""
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    for (found,) in database.execute("PRAGMA quick_check(1)"):
        if found != "ok":
            raise BackupFailed(BAD_DATABASE.format("it is damaged"))
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    plain = {name for name in tables if _is_plain(database, name)}
    if not {"_collections", "_params"} <= plain:
        raise BackupFailed(BAD_DATABASE.format("it is no database of PocketBase 0.23 or later"))
    wanted = [name for (name,) in database.execute("SELECT name FROM _collections WHERE type != 'view'")]
    (count,) = database.execute("SELECT count(*) FROM _collections").fetchone()
    if count > MOST_COLLECTIONS:
        raise BackupFailed(TOO_MANY.format(count, MOST_COLLECTIONS))
    for name in wanted:
        if name not in plain:
            raise BackupFailed(BAD_DATABASE.format("a collection has no plain table"))


def _is_plain(database: sqlite3.Connection, table: str) -> bool:
    """Whether a table has stored columns only; virtual ones are no tables in this list."""
    kinds = [
        kind for (kind,) in database.execute("SELECT type FROM pragma_table_list WHERE name = ?", [table])
    ]
    hidden = database.execute("SELECT count(*) FROM pragma_table_xinfo(?) WHERE hidden != 0", [table])
    return kinds == ["table"] and hidden.fetchone() == (0,)


def _look_at(archive: zipfile.ZipFile) -> Backup:
    entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
    for name in entries:
        if ".." in name.split("/") or name.startswith("/") or "\\" in name or "\0" in name:
            raise BackupFailed(BAD_NAME.format(name[:100]))
    if DATABASE not in entries:
        raise BackupFailed(NO_DATABASE)
    stored = {name.removeprefix(f"{STORAGE}/"): entry for name, entry in entries.items() if _is_file(name)}
    _refuse_large(entries[DATABASE], stored)
    # What is noted about a file stands beside it; a file may be called so itself.
    noted = {key for key in stored if key.endswith(BESIDE) and key.removesuffix(BESIDE) in stored}
    files = {key: stored[key] for key in sorted(stored.keys() - noted)}
    beside = {key.removesuffix(BESIDE): stored[key] for key in noted}
    return Backup(archive, entries[DATABASE], files, beside)


def _is_file(name: str) -> bool:
    """Whether it is a file of a record: ``storage/<collection>/<record>/<name>``, or a thumb of one."""
    parts = name.split("/")
    return parts[0] == STORAGE and 4 <= len(parts) <= 5 and all(parts)


def _refuse_large(database: zipfile.ZipInfo, stored: Mapping[str, zipfile.ZipInfo]) -> None:
    """By what the zip says of sizes, which is as much as is read of it whatever it holds."""
    if database.file_size > LARGEST_DATABASE:
        raise BackupFailed(TOO_LARGE.format("database is", "400 MB at most"))
    if sum(entry.file_size for entry in stored.values()) > LARGEST_FILES:
        raise BackupFailed(TOO_LARGE.format("files are", "50 GB at most"))


def _refuse_large_directory(file: BinaryIO, size: int) -> None:
    """All of a zip's directory is held in memory, so it is measured before."""
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + _END_SIZE:
        raise BackupFailed(UNREADABLE.format("it has no end"))
    (length,) = struct.unpack("<L", tail[end + 12 : end + 16])
    if length == _IS_ZIP64 and end >= _LOCATOR_SIZE:
        (start,) = struct.unpack("<Q", tail[end - _LOCATOR_SIZE + 8 : end - _LOCATOR_SIZE + 16])
        file.seek(min(start, size))
        (length,) = struct.unpack("<Q", file.read(_END64_SIZE)[40:48])
    if length > LARGEST_DIRECTORY:
        raise BackupFailed(TOO_LARGE.format("directory is", "32 MB at most"))
    file.seek(0)
