"""The fields of a view: a column has that of what it shows, one for a count or a cast, or takes anything."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib import ids
from chalicelib.frozen import dataclass
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.default_fields import make_field
from chalicelib.schema.fields import Field
from chalicelib.schema.view_query import Named, Query

CLONE = "_clone_"
CLONE_LENGTH = 4
CAST = re.compile(r"cast\s*\(.*\s+as\s+(\w+)\s*\)", re.DOTALL)
ID: Mapping[str, Any] = {
    "type": "text",
    "name": "id",
    "system": True,
    "required": True,
    "primaryKey": True,
    "pattern": "^[a-z0-9]+$",
}
# By what a column begins with, and by what it is cast to.
COUNTED: Mapping[str, Mapping[str, Any]] = {
    "count(": {"type": "number", "onlyInt": True},
    "total(": {"type": "number"},
}
CASTS: Mapping[str, Mapping[str, Any]] = {
    **{kind: {"type": "number", "onlyInt": True} for kind in ("int", "integer")},
    **{kind: {"type": "number"} for kind in ("real", "decimal", "numeric")},
    **{kind: {"type": "bool"} for kind in ("bool", "boolean")},
    "text": {"type": "text"},
}
ANYTHING: Mapping[str, Any] = {"type": "json", "maxSize": 1}


@dataclass(frozen=True)
class Origin:
    """The collection's field that a column of a view shows as it is."""

    collection: Collection
    field: Field


def fields_of(names: Sequence[str], query: Query, tables: Mapping[str, Collection]) -> tuple[Field, ...]:
    """A field for each column of the result; `tables` are the collections by their names in the query."""
    by_alias = {column.alias: column for column in query.columns}
    return tuple(_field_of(name, by_alias.get(name), tables_by_alias(query, tables)) for name in names)


def with_former_ids(fields: Sequence[Field], former: Sequence[Field]) -> tuple[Field, ...]:
    """The fields, with the ids they had before where nothing else has changed."""
    known = {field.name: field for field in former}
    return tuple(
        before if (before := known.get(each.name)) and replace(each, id=before.id) == before else each
        for each in fields
    )


def tables_by_alias(query: Query, tables: Mapping[str, Collection]) -> dict[str, Collection]:
    """The collections by what the query calls them; "" is the first one's name, too.

    SQLite takes a table's name in any case; as PocketBase, this does not.
    """
    named = {each.alias: tables.get(each.original) for each in query.tables}
    main = next(iter(named.values()), None)
    return {name: found for name, found in {**named, "": main}.items() if found}


def find_origin(column: Named | None, tables: Mapping[str, Collection]) -> Origin | None:
    """Where the values of a column come from, if it shows a field as it is."""
    parts = column.original.split(".") if column else []
    if not 1 <= len(parts) <= 2:
        return None
    collection = tables.get(parts[0] if len(parts) > 1 else "")
    wanted = parts[-1].lower()
    fields = collection.fields if collection else ()
    field = next((each for each in fields if each.name.lower() == wanted), None)
    return Origin(collection, field) if collection and field else None


def tables_named(names: Mapping[str, str], catalog: Catalog) -> dict[str, Collection]:
    """The collections by the names that a view knows them by; `names` has their ids."""
    found = {name: catalog.find_by_id(key) for name, key in names.items()}
    return {name: collection for name, collection in found.items() if collection}


def _field_of(name: str, column: Named | None, tables: Mapping[str, Collection]) -> Field:
    if name == "id":
        return make_field(dict(ID))
    if known := _find_known(column):
        return make_field({**known, "name": name})
    origin = find_origin(column, tables)
    if origin is None:
        return make_field({**ANYTHING, "name": name})
    if origin.field.name == "id":
        relation = {"type": "relation", "maxSelect": 1, "collectionId": origin.collection.id}
        return make_field({**relation, "name": name})
    clone = CLONE + ids.random_text(CLONE_LENGTH, ids.RECORD_ID_ALPHABET)
    return replace(origin.field, id=clone, name=name)


def _find_known(column: Named | None) -> Mapping[str, Any] | None:
    """What a count, a total or a cast is."""
    text = column.original.lower() if column else ""
    cast = CAST.fullmatch(text)
    if cast and cast[1] in CASTS:
        return CASTS[cast[1]]
    return next((kind for start, kind in COUNTED.items() if text.startswith(start)), None)
