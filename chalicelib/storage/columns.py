"""A record's values as its item holds them: by column, empty ones left out."""

from collections.abc import Mapping
from typing import Any

from chalicelib.schema.collection import Collection
from chalicelib.schema.columns import is_given_since
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.record import Record


def data_of(record: Record) -> dict[str, Any]:
    """Values by the columns they are stored under, and what was stored beside them."""
    columns = record.collection.columns
    stored = dict(record.unknown)
    for field in record.collection.fields:
        value = record.values.get(field.name, field.empty)
        if isinstance(value, PlainPassword):
            raise ValueError(f"{field.name} is not hashed")
        if value != field.empty:
            stored[columns[field.id]] = value
    return stored


def values_of(collection: Collection, data: Mapping[str, Any]) -> dict[str, Any]:
    """Every field's value by name."""
    columns = collection.columns
    return {
        field.name: _fitting(field, data[column])
        if (column := columns[field.id]) in data
        else _former_value(collection, field, data)
        for field in collection.fields
    }


def unknown_in(collection: Collection, data: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored in columns of fields that were added later than this definition was read.

    A write replaces an item whole, and a function knows of a new field a moment later than another:
    it must not erase what the other has stored there. Columns of deleted fields may go.
    """
    known = collection.known_columns
    return {
        column: value
        for column, value in data.items()
        if column not in known and is_given_since(column, collection.next_column)
    }


def _former_value(collection: Collection, field: Field, data: Mapping[str, Any]) -> Any:
    """The value from the latest column that the field had before, cast by each change since."""
    former = collection.former.get(field.id, ())
    shapes = [*(is_list for _, is_list in former[1:]), field.is_multiple]
    for place in reversed(range(len(former))):
        column, _ = former[place]
        if column in data:
            value = data[column]
            for is_list in shapes[place:]:
                value = _as_list(value) if is_list else _as_one(value)
            return value
    return field.empty


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value] if value else []


def _as_one(value: Any) -> Any:
    return (value[-1] if value else "") if isinstance(value, list) else value


def _fitting(field: Field, stored: Any) -> Any:
    """What is stored, cast if it is of the shape that the field does not have."""
    empty = field.empty
    if empty is not None and isinstance(stored, list) != isinstance(empty, list):
        return field.normalize(stored)
    return stored
