"""Which short names fields' values are stored under, now and formerly.

A name, `c12`, is never given twice. A field that becomes single or multiple goes on under a new one and
keeps the old one, to be read and cast until the record is written again: what a cast takes away must not
come back when the field changes once more.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from chalicelib.schema.fields import Field

# By field id the names that a field had before, oldest first, and whether lists are stored there.
Former: TypeAlias = Mapping[str, tuple[tuple[str, bool], ...]]


def column_name(number: int) -> str:
    """The name that is given as the so-manieth.

    >>> column_name(12)
    'c12'
    """
    return f"c{number}"


def is_given_since(name: str, next_number: int) -> bool:
    """Whether a name was given by a later definition than one that would give this number next.

    >>> is_given_since("c12", 12), is_given_since("c11", 12)
    (True, False)
    """
    return name[1:].isdecimal() and int(name[1:]) >= next_number


def leave_columns(
    old: Iterable[Field], new: Iterable[Field], columns: Mapping[str, str], former: Former
) -> tuple[Mapping[str, str], Former]:
    """The names, without those of fields that are single in one definition and multiple in the other."""
    shapes = {field.id: field.is_multiple for field in old}
    left = {
        field.id: (columns[field.id], shapes[field.id])
        for field in new
        if field.id in columns and shapes.get(field.id, field.is_multiple) != field.is_multiple
    }
    kept = {key: name for key, name in columns.items() if key not in left}
    return kept, {**former, **{key: (*former.get(key, ()), each) for key, each in left.items()}}


def read_former(stored: Mapping[str, Any]) -> Former:
    """Former names as they are after JSON."""
    return {key: tuple((name, is_list) for name, is_list in names) for key, names in stored.items()}
