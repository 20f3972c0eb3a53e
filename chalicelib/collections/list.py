"""A page of the collections, filtered and sorted by their own columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chalicelib import clock
from chalicelib.collections.load import get_catalog
from chalicelib.errors import BadRequest
from chalicelib.filters import (
    FilterError,
    bind,
    bind_sort,
    matching,
    ordered,
    parse_client_filter,
    parse_sort,
)
from chalicelib.filters.scope import Scope
from chalicelib.paging import Page, PageRequest, take_page
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
    """One page of the definitions. Raises BadRequest for a filter or sort that makes no sense."""
    catalog = get_catalog()
    try:
        page = take_page(_find(catalog, wanted), wanted)
    except FilterError as error:
        raise BadRequest() from error
    definitions = {collection.id: collection for collection in catalog}
    page.items[:] = [definitions[row.id].to_json() for row in page.items]
    return page.to_json()


def _find(catalog: Catalog, wanted: PageRequest) -> Iterable[Record]:
    if any(word in text for word in FOREIGN for text in (wanted.filter, wanted.sort)):
        raise FilterError("collections have columns only")
    scope = Scope(TABLE, Catalog([TABLE]), RequestInfo(), clock.now())
    nothing = NoRecords()
    where = bind(parse_client_filter(wanted.filter), scope)
    rows = matching(where, map(_as_row, catalog), nothing)
    return ordered(rows, bind_sort(parse_sort(wanted.sort), scope), nothing)


def _as_row(collection: Collection) -> Record:
    values = {name: getattr(collection, name) for name in COLUMNS}
    return Record(TABLE, values, rowid=collection.space)


class NoRecords:
    """A RecordSource of a table that refers to nothing."""

    catalog = Catalog([TABLE])

    def by_ids(self, collection: Collection, ids: Sequence[str]) -> Sequence[Record]:
        """None."""
        return ()

    def referring(self, collection: Collection, field: str, ids: Sequence[str]) -> Sequence[Record]:
        """None."""
        return ()

    def everything(self, collection: Collection) -> Iterator[Record]:
        """None."""
        return iter(())
