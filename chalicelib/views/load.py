"""What a query reads, loaded: the tables of collections, and of the views among them.

A view knows its tables by the names that collections had when it was saved; whatever is renamed later, they
are found by id.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.record import Record
from chalicelib.schema.sqlite_values import Stored, declared_type, value_from, value_to
from chalicelib.schema.view_fields import CLONE, tables_named
from chalicelib.views.database import Spent, open_database
from chalicelib.views.failures import SqlFailed
from chalicelib.views.tables import Row, Table

# Hashes and keys: no query is told them.
SECRET_TYPES = frozenset({"password"})
SECRET_NAMES = frozenset({"tokenKey"})
DEEPEST = 10
TOO_DEEP = "views read each other more than {} levels deep"


@dataclass
class Loader:
    """Loads tables for one request. `everything` reads a collection; a query may find `most` rows."""

    catalog: Catalog
    everything: Callable[[Collection], Iterable[Record]]
    most: int
    found: dict[str, list[Row]] = field(default_factory=dict)
    depth: int = 0
    spent: Spent = field(default_factory=Spent)

    def read_view(self, view: Collection) -> list[Record]:
        """The records of a view, in the order of its query. Raises SqlFailed."""
        return [_record(view, row, place) for place, row in enumerate(self._rows_of(view), start=1)]

    def full(self, name: str, collection: Collection) -> Table:
        """A collection as a table, under this name. Raises SqlFailed."""
        rows = self._rows_of(collection) if collection.type == "view" else _stored_rows(collection, self)
        return Table(name, columns_of(collection), rows)

    def _rows_of(self, view: Collection) -> list[Row]:
        if view.id not in self.found:
            if self.depth >= DEEPEST:
                raise SqlFailed(TOO_DEEP.format(DEEPEST))
            self.depth += 1
            try:
                self.found[view.id] = self._run(view)
            finally:
                self.depth -= 1
        return self.found[view.id]

    def _run(self, view: Collection) -> list[Row]:
        sources = tables_named(view.sources, self.catalog)
        tables = [self.full(name, collection) for name, collection in sources.items()]
        with open_database(tables, self.spent) as database:
            name = database.make_view(view.view_query)
            return list(database.run(f"SELECT * FROM `{name}`", self.most).rows)  # noqa: S608


def find_columns(query: str, tables: Mapping[str, Collection]) -> tuple[list[str], set[str]]:
    """A view's columns, and the tables that it reads, by their names in lower case. Raises SqlFailed."""
    with open_database(empty_tables(tables)) as database:
        result = database.run(f"SELECT * FROM `{database.make_view(query)}` LIMIT 0", 0)  # noqa: S608
        return list(result.names), database.read


def empty_tables(tables: Mapping[str, Collection]) -> list[Table]:
    """The tables without rows: enough to understand a query."""
    return [Table(name, columns_of(collection)) for name, collection in tables.items()]


def columns_of(collection: Collection) -> dict[str, str]:
    """A table's columns by name, as PocketBase sorts and declares them; a view's expressions have no type."""
    if collection.type == "view":
        return {each.name: _type_in_view(each) for each in collection.fields}
    return {each.name: declared_type(each) for each in sorted(collection.fields, key=lambda each: each.name)}


def _type_in_view(each: Field) -> str:
    is_column = each.id.startswith(CLONE) or each.name == "id" or each.type == "relation"
    return declared_type(each) if is_column else ""


def _stored_rows(collection: Collection, loader: Loader) -> Iterator[Row]:
    fields = sorted(collection.fields, key=lambda each: each.name)
    for record in loader.everything(collection):
        yield tuple(_shown(each, record) for each in fields)


def _shown(each: Field, record: Record) -> Stored:
    if each.type in SECRET_TYPES or (each.name in SECRET_NAMES and record.collection.is_auth):
        return ""
    return value_to(each, record.values[each.name])


def _record(view: Collection, row: Row, place: int) -> Record:
    stored = zip(view.fields, row, strict=False)
    values = {each.name: value_from(each, _id_text(each, value)) for each, value in stored}
    return Record(view, values, rowid=f"{place:012d}", rev=1)


def _id_text(each: Field, value: Stored) -> Stored:
    """Ids are texts, whatever a query makes them of."""
    is_number = each.name == "id" and isinstance(value, int | float)
    return str(value) if is_number else value
