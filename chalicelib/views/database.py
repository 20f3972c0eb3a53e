"""SQLite in memory, fenced: it reads the tables that it is given, and nothing else, for a limited time.

A statement that would write, attach a file, set a pragma or load an extension is not even prepared. Whoever
uses this pays for importing sqlite3, which is why it is done late.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import field
from typing import TYPE_CHECKING

from chalicelib import clock
from chalicelib.frozen import dataclass
from chalicelib.schema.sqlite_values import Stored
from chalicelib.views.failures import MILLISECONDS, READS_ONLY, TOO_LONG, SqlFailed, reason_of
from chalicelib.views.fence import EXPLAINED, MAINTENANCE, VIEW, Fence
from chalicelib.views.functions import LONGEST_VALUE, add_functions
from chalicelib.views.tables import Row, Table, make_table, shown_type

if TYPE_CHECKING:
    import sqlite3

# json_each and window functions, as PocketBase's have them.
OLDEST = (3, 38, 0)
TOO_OLD = "the SQLite of this runtime is {}, and 3.38 or later is needed: deploy with Python 3.12 or later"
STEPS = 200  # of SQLite's machine, between two looks at the clock: a step on a long text takes half a second
MEMORY = 128 * 1024 * 1024
# In bytes, about: what a result may come to, and what a row and a cell take besides what they hold.
LARGEST_RESULT = 32 * 1024 * 1024
ROW_SIZE, CELL_SIZE = 64, 40
CANNOT_LOAD = "what the query reads cannot be loaded: {}"
TOO_LARGE = "the query finds more than {} rows: narrow it, or raise QUOLL_QUERY_BUDGET"
TOO_BIG = "the query finds more than {} MB: name fewer columns, or narrow it"


@dataclass(frozen=True)
class Result:
    """Columns by name, in order, and rows."""

    names: Sequence[str]
    rows: Sequence[Row]


@dataclass
class Spent:
    """How long the queries of one request have run, together."""

    milliseconds: float = 0.0


@dataclass
class Database:
    """An open database. `size`: what the result that is being read comes to, in bytes, about."""

    connection: "sqlite3.Connection"
    fence: Fence
    spent: Spent = field(default_factory=Spent)
    until: float = 0.0
    size: int = 0

    @property
    def read(self) -> set[str]:
        """The tables that statements have read so far, in lower case."""
        return self.fence.read

    def prepare(self, statement: str) -> None:
        """Find out what a statement reads, without carrying it out. Raises SqlFailed."""
        if MAINTENANCE.match(statement):
            raise SqlFailed(READS_ONLY)
        with self._failures_told(), self._measured():
            is_explained = EXPLAINED.match(statement)
            self.connection.execute(statement if is_explained else f"EXPLAIN {statement}").close()

    def run(self, statement: str, most: int, *, is_cut: bool = False) -> Result:
        """Carry out one statement. Raises SqlFailed: for more rows than `most`, too, unless these are cut."""
        self.fence.forget_refusals()
        with self._failures_told(), self._measured(), closing(self.connection.cursor()) as cursor:
            cursor.execute(statement)
            names = [each[0] for each in cursor.description or ()]
            return Result(names, self._fetch(cursor, most, is_cut) if names else [])

    def _fetch(self, cursor: "sqlite3.Cursor", most: int, is_cut: bool) -> list[Row]:
        """Row by row: what is too much is not even taken out of SQLite."""
        rows: list[Row] = []
        for row in cursor:
            rows.append(row)
            self._weigh(ROW_SIZE + sum(_size_of(each) for each in row))
            if is_cut and len(rows) >= most:
                return rows
            if len(rows) > most:
                raise SqlFailed(TOO_LARGE.format(most))
            if self.is_late():
                raise SqlFailed(TOO_LONG)
        return rows

    def take_text(self, raw: bytes) -> str:
        """A text on its way out of SQLite: weighed by itself, for one row may hold a thousand."""
        text = raw.decode(errors="replace")
        self._weigh(sys.getsizeof(text))
        return text

    def _weigh(self, size: int) -> None:
        self.size += size
        if self.size > LARGEST_RESULT:
            raise SqlFailed(TOO_BIG.format(LARGEST_RESULT // 1024 // 1024))

    @contextmanager
    def _measured(self) -> Iterator[None]:
        """What runs within it has what is left of the request's time."""
        started = clock.stopwatch()
        self.until, self.size = started + MILLISECONDS - self.spent.milliseconds, 0
        try:
            yield
        finally:
            self.spent.milliseconds += clock.stopwatch() - started
            self.size = 0

    def make_view(self, query: str) -> str:
        """A view of a query, which is not carried out yet: its name."""
        with self._failures_told(), self._measured(), self._unfenced():
            self.connection.execute(f"CREATE VIEW `{VIEW}` AS SELECT * FROM ({query.strip().rstrip(';')})")  # noqa: S608
        return VIEW

    def types_of(self, query: str) -> Sequence[str]:
        """The declared types of a query's columns, "" for what is no column; nothing where there are none."""
        try:
            self.make_view(query)
        except SqlFailed:
            return ()
        with self._unfenced():
            found = self.connection.execute(f"PRAGMA table_info(`{VIEW}`)").fetchall()
        return [shown_type(each[2]) for each in found]

    @contextmanager
    def _unfenced(self) -> Iterator[None]:
        self.connection.set_authorizer(None)
        self.connection.execute("PRAGMA query_only = 0").close()
        try:
            yield
        finally:
            self.connection.execute("PRAGMA query_only = 1").close()
            self.connection.set_authorizer(self.fence.allow)

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        import sqlite3  # noqa: PLC0415

        try:
            yield
        except sqlite3.Error as error:
            raise SqlFailed(reason_of(error, self.fence)) from error
        except (sqlite3.Warning, MemoryError, UnicodeError) as error:
            raise SqlFailed(f"SQL logic error: {str(error) or 'out of memory'} (1)") from error

    def is_late(self) -> bool:
        """Whether the statement that runs has run long enough."""
        return clock.stopwatch() > self.until


@contextmanager
def open_database(tables: Sequence[Table], spent: Spent | None = None) -> Iterator[Database]:
    """A database with these tables; `spent` is what the request has used of its time. Raises SqlFailed."""
    import sqlite3  # noqa: PLC0415

    if sqlite3.sqlite_version_info < OLDEST:
        raise SqlFailed(TOO_OLD.format(sqlite3.sqlite_version))
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as connection,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as plain,
    ):
        try:
            _prepare(connection)
            plain.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
            add_functions(connection, plain)
            for table in tables:
                make_table(connection, table)
        except (sqlite3.Error, MemoryError, OverflowError) as error:
            raise SqlFailed(CANNOT_LOAD.format(str(error) or "out of memory")) from error
        known = frozenset(table.name.lower() for table in tables)
        database = Database(connection, Fence(known), spent or Spent())
        connection.text_factory = database.take_text
        connection.execute("PRAGMA query_only = 1").close()
        connection.set_authorizer(database.fence.allow)
        connection.set_progress_handler(database.is_late, STEPS)
        yield database


def _prepare(connection: "sqlite3.Connection") -> None:
    import sqlite3  # noqa: PLC0415

    for statement in (
        f"PRAGMA hard_heap_limit = {MEMORY}",
        "PRAGMA temp_store = 2",  # nothing on disk
        "PRAGMA trusted_schema = 1",  # views may use our functions, whatever this SQLite was built to do
        "SELECT * FROM json_each('[]'), json_tree('[]')",  # known from now on
    ):
        connection.execute(statement).fetchall()
    for limit, most in (
        (sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_COLUMN, 1000),
        (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 100),
        (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 500),
        (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500),
    ):
        connection.setlimit(limit, most)


def _size_of(value: Stored) -> int:
    """What a cell takes, without the text in it, which is weighed when it is read."""
    return CELL_SIZE + (len(value) if isinstance(value, bytes) else 0)
