"""Whether the values of a record may be stored, as far as that shows without looking anything up."""

from collections.abc import Mapping
from typing import Any

from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problems, without_none
from chalicelib.schema.record import Record


def check_values(collection: Collection, values: Mapping[str, Any], before: Record | None = None) -> Problems:
    """What is wrong with a record's values, by field; `before` is the record that they change.

    All fields are checked, also those that did not change: options may have become stricter since.
    """
    return without_none(
        {
            field.name: field.check_change(
                before.get(field.name) if before else field.empty, values[field.name]
            )
            or field.check(values[field.name])
            for field in collection.fields
        }
    )
