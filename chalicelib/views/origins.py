"""Where what a view shows as it is comes from, by way of other views or not."""

from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.view_fields import Origin, find_origin, tables_by_alias, tables_named
from chalicelib.schema.view_query import BadQuery, parse_query
from chalicelib.views.load import DEEPEST


def find_file_origin(view: Collection, name: str, catalog: Catalog) -> Origin | None:
    """The collection that has records of its own, and its field, which a field of a view shows."""
    origin: Origin | None = None
    holder, wanted = view, name
    for _ in range(DEEPEST):
        origin = _find_next(holder, wanted, catalog)
        if origin is None or origin.collection.type != "view":
            return origin
        holder, wanted = origin.collection, origin.field.name
    return None


def _find_next(view: Collection, name: str, catalog: Catalog) -> Origin | None:
    try:
        query = parse_query(view.view_query)
    except BadQuery:
        return None
    column = next((each for each in query.columns if each.alias == name), None)
    tables = tables_by_alias(query, tables_named(view.sources, catalog))
    return find_origin(column, tables) if column else None
