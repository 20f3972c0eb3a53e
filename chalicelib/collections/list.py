"""A page of the collections, filtered and sorted by their own columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chalicelib import clock
from chalicelib.collections.load import get_newest
from chalicelib.collections.show import show_collections
from chalicelib.errors import BadRequest
from chalicelib.filters import (
    FilterError,
    Trials,
    bind,
    bind_sort,
    matching,
    ordered,
    parse_client_filter,
    parse_sort,
)
from chalicelib.filters.scope import Scope
from chalicelib.filters.syntax import All, Call, Comparison, Expression, Name, Operand
from chalicelib.filters.syntax import Any as AnyOf
from chalicelib.paging import PageRequest, take_page
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record

# The columns of PocketBase's own table of collections that may be asked for.
COLUMNS = {
    "id": "text",
    "name": "text",
    "type": "text",
    "system": "bool",
    "created": "date",
    "updated": "date",
}
TABLE = Collection.from_json({"fields": [{"name": name, "type": kind} for name, kind in COLUMNS.items()]})
# What a record's filter may name and a collection's may not.
FOREIGN = ("@request.", "@collection.")


def list_collections(wanted: PageRequest) -> dict[str, Any]:
    """One page of the definitions. Raises BadRequest for a page, filter or sort that makes no sense."""
    if not wanted.is_readable:
        raise BadRequest()
    catalog = get_newest().catalog
    try:
        page = take_page(_find(catalog, wanted), wanted)
    except FilterError as error:
        raise BadRequest() from error
    definitions = {collection.id: collection for collection in catalog}
    page.items[:] = show_collections([definitions[row.id] for row in page.items])
    return page.to_json()


def _find(catalog: Catalog, wanted: PageRequest) -> Iterable[Record]:
    tree, sort = parse_client_filter(wanted.filter), parse_sort(wanted.sort)
    for name in (*names_in(tree), *(order.name for order in sort.orders)):
        if ":" in name or name.startswith(FOREIGN):
            raise FilterError(f"{name} is no column of a collection")
    scope = Scope(TABLE, NoRecords.catalog, RequestInfo(), clock.now())
    rows = matching(bind(tree, scope), map(_as_row, catalog), NoRecords())
    return ordered(rows, bind_sort(sort, scope), NoRecords())


def names_in(tree: Expression | Operand) -> Iterator[str]:
    """The names that an expression mentions."""
    if isinstance(tree, Name):
        yield tree.text
    for part in _parts_of(tree):
        yield from names_in(part)


def _parts_of(tree: Expression | Operand) -> Sequence[Expression | Operand]:
    if isinstance(tree, Comparison):
        return tree.left, tree.right
    if isinstance(tree, Call):
        return tree.arguments
    return tree.parts if isinstance(tree, All | AnyOf) else ()


def _as_row(collection: Collection) -> Record:
    values = {name: getattr(collection, name) for name in COLUMNS}
    return Record(TABLE, values, rowid=collection.space)


class NoRecords:
    """A RecordSource of a table that refers to nothing."""

    catalog = Catalog([TABLE])

    def __init__(self) -> None:
        self.trials = Trials()

    def as_left(self, record: Record) -> Record:
        """Nothing changes."""
        return record

    def by_ids(self, collection: Collection, ids: Sequence[str]) -> Sequence[Record]:
        """None."""
        return ()

    def referring(self, collection: Collection, field: str, ids: Sequence[str]) -> Sequence[Record]:
        """None."""
        return ()

    def everything(self, collection: Collection) -> Iterator[Record]:
        """None."""
        return iter(())

    def equal(self, collection: Collection, field: str, value: str) -> Sequence[Record]:
        """None."""
        return ()
