"""What a collection's definition is to become, as the part of it that changes. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import read_indexes

Json = Mapping[str, Any]


def with_fields(collection: Collection, fields: Sequence[Json]) -> Json:
    """More fields, those of new names."""
    known = [field.to_json() for field in collection.fields]
    return {"fields": [*known, *(each for each in fields if each["name"] not in collection.field_by_name)]}


def without_fields(collection: Collection, names: Sequence[str]) -> Json:
    """Fewer fields, and no index that names one of them."""
    return {
        "fields": [field.to_json() for field in collection.fields if field.name not in names],
        "indexes": [each.text for each in collection.indexes if not set(names) & set(each.column_names)],
    }


def with_indexes(collection: Collection, statements: Sequence[str]) -> Json:
    """More indexes, those of new names."""
    known = {index.name for index in collection.indexes}
    given = read_indexes(list(statements), list(collection.field_by_name))
    new = (index for index in given if index.name not in known)
    return {"indexes": [index.text for index in (*collection.indexes, *new)]}


def without_indexes(collection: Collection, names: Sequence[str]) -> Json:
    """Fewer indexes."""
    return {"indexes": [index.text for index in collection.indexes if index.name not in names]}
