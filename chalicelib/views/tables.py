"""Tables to be, and how they are made in a database."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.schema.sqlite_values import TEXT, Stored

if TYPE_CHECKING:
    import sqlite3

Row: TypeAlias = tuple[Stored, ...]

# Tells a column of text from an expression, which later versions of SQLite give the type TEXT, too.
DECLARED_TEXT = "TEXT_"
# By what columns are declared with; the last is of the number that each row has.
_SHOWN = {DECLARED_TEXT: TEXT, **{kind: kind for kind in ("BOOLEAN", "NUMERIC", "JSON", "INTEGER")}}


@dataclass(frozen=True)
class Table:
    """A table to be: its columns with their declared types, and its rows."""

    name: str
    columns: Mapping[str, str]
    rows: Iterable[Row] = ()


def quoted(name: str) -> str:
    """A table's or column's name within a statement.

    >>> quoted("a`b")
    '`a``b`'
    """
    return "`" + name.replace("`", "``") + "`"


def make_table(connection: "sqlite3.Connection", table: Table) -> None:
    """A table with its rows. Raises sqlite3.Error."""
    columns = ", ".join(f"{quoted(name)} {_declared(kind)}" for name, kind in table.columns.items())
    connection.execute(f"CREATE TABLE {quoted(table.name)} ({columns})")
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f"INSERT INTO {quoted(table.name)} VALUES ({marks})", table.rows)  # noqa: S608


def _declared(kind: str) -> str:
    return DECLARED_TEXT if kind == TEXT else kind


def shown_type(kind: str) -> str:
    """The type that a column of a query was declared with; "" for an expression."""
    return _SHOWN.get(kind, "")
