"""PocketBase's data directory, read: collections, records, settings and files. Nothing in it is changed."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.pocketbase.encrypted import WrongKey, decrypt

Row: TypeAlias = Mapping[str, Any]

DATABASE = "data.db"
LOGS = "auxiliary.db"
STORAGE = "storage"
# What PocketBase keeps beside each file, and where it keeps thumbs.
BESIDE, THUMBS = ".attrs", "/thumbs_"
OWN = frozenset({"_collections", "_migrations", "_params"})
LARGEST_PORTION = 16 * 1024 * 1024
NEEDED = frozenset({"id", "name", "type", "system", "fields", "indexes", "options"})
TOO_OLD = (
    "It is of a PocketBase before 0.23: start it once with a later one, which brings it up to date, and then"
    " import it."
)
ENCRYPTED = (
    "The settings are encrypted: name the environment variable that holds the key with --encryption-env, as"
    " with PocketBase. It has to be set where this runs."
)


class DataUnreadable(Exception):
    """No data directory of PocketBase, or one that cannot be read: says what to do."""


@dataclass(frozen=True)
class DataFolder:
    """An open data directory, all of it as of one moment. `key`: what its settings are encrypted with."""

    folder: Path
    database: sqlite3.Connection
    key: str = ""

    @property
    def storage(self) -> Path:
        """Where its files are."""
        return self.folder / STORAGE

    def definitions(self) -> list[dict[str, Any]]:
        """The collections' definitions, in the order they were made, as an import takes them."""
        return [_definition(row) for row in self._all("SELECT * FROM _collections ORDER BY rowid")]

    def settings(self) -> Mapping[str, Any]:
        """The settings, secrets included. Raises DataUnreadable."""
        found = [row["value"] for row in self._all("SELECT value FROM _params WHERE id = 'settings'")]
        return _read_settings(_text(found[0]), self.key) if found else {}

    def count(self, table: str) -> int:
        """How many records a collection has."""
        return int(self.database.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0])  # noqa: S608

    def records(self, table: str, portion: int) -> Iterator[Sequence[Row]]:
        """A collection's records in insertion order, `rowid` among their columns: so many or 16 MB."""
        cursor = self.database.execute(f"SELECT _rowid_ AS '@rowid', * FROM {quoted(table)} ORDER BY _rowid_")  # noqa: S608
        names = [each[0] for each in cursor.description]
        found: list[Row] = []
        size = 0
        for row in cursor:
            found.append(dict(zip(names, row, strict=True)))
            size += sum(len(each) for each in row if isinstance(each, str | bytes))
            if len(found) == portion or size > LARGEST_PORTION:
                yield found
                found, size = [], 0
        if found:
            yield found

    def other_tables(self) -> list[str]:
        """The tables that are neither a collection's nor PocketBase's own."""
        statement = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        )
        known = {*OWN, *self._tables()}
        return [row["name"] for row in self._all(statement) if row["name"] not in known]

    def fingerprint(self) -> str:
        """The same as long as collections, records, settings and files' names and sizes are."""
        found = hashlib.sha256()
        for table in ("_collections", "_params", *self._tables()):
            found.update(table.encode())
            for row in self.database.execute(f"SELECT _rowid_, * FROM {quoted(table)} ORDER BY _rowid_"):  # noqa: S608
                found.update(repr(row).encode(errors="surrogatepass"))
        for key, size in self._files():
            found.update(f"{key} {size}\n".encode(errors="surrogatepass"))
        return found.hexdigest()

    def _files(self) -> list[tuple[str, int]]:
        """All files but thumbs, which PocketBase makes when somebody looks at them."""
        found = find_files(self.storage)
        listed = ((file.relative_to(self.storage).as_posix(), file.stat().st_size) for file in found)
        return sorted(each for each in listed if THUMBS not in each[0])

    def _tables(self) -> list[str]:
        rows = self._all("SELECT name FROM _collections WHERE type != 'view' ORDER BY rowid")
        return [row["name"] for row in rows]

    def _all(self, statement: str) -> list[Row]:
        cursor = self.database.execute(statement)
        names = [each[0] for each in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


@contextmanager
def open_data(folder: Path, key: str = "") -> Iterator[DataFolder]:
    """A data directory, to be read. Raises DataUnreadable."""
    file = folder / DATABASE
    if not file.is_file():
        raise DataUnreadable(f"{folder} is no data directory of PocketBase: there is no {DATABASE} in it.")
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            database.text_factory = _text
            database.execute("BEGIN")  # whoever writes meanwhile writes for others
            _refuse_old(database)
            yield DataFolder(folder, database, key)
    except sqlite3.Error as error:
        raise DataUnreadable(f"{file} cannot be read: {error}.") from error


def find_files(folder: Path) -> Iterator[Path]:
    """All files below a folder, but for what PocketBase keeps beside each."""
    return (file for file in folder.rglob("*") if file.is_file() and file.suffix != BESIDE)


def quoted(name: str) -> str:
    """A table's or column's name within a statement.

    >>> quoted("a`b")
    '`a``b`'
    """
    return "`" + name.replace("`", "``") + "`"


def _refuse_old(database: sqlite3.Connection) -> None:
    columns = {row[1] for row in database.execute("PRAGMA table_info(_collections)")}
    if not columns >= NEEDED:
        raise DataUnreadable(TOO_OLD)


def _definition(row: Row) -> dict[str, Any]:
    definition, what = dict(row), f"The definition of the collection {row['name']}"
    options = _read_object(definition.pop("options") or "{}", what)
    for name in ("fields", "indexes"):
        definition[name] = _read_json(definition[name] or "[]", what)
    return {**options, **definition, "system": bool(definition["system"])}


def _read_object(text: str, what: str) -> Mapping[str, Any]:
    found = _read_json(text, what)
    if not isinstance(found, Mapping):
        raise DataUnreadable(f"{what} cannot be read: it is no object.")
    return found


def _read_json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataUnreadable(f"{what} cannot be read: {error}.") from error


def _read_settings(text: str, key: str) -> Mapping[str, Any]:
    if not text.lstrip().startswith("{"):
        if not key:
            raise DataUnreadable(ENCRYPTED)
        try:
            text = decrypt(text, key)
        except WrongKey as wrong:
            raise DataUnreadable(f"The settings cannot be decrypted: {wrong}.") from wrong
    return _read_object(text, "What the settings hold")


def _text(raw: bytes | str) -> str:
    return raw.decode(errors="replace") if isinstance(raw, bytes) else raw
