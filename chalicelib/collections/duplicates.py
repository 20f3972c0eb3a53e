"""Unique indexes that are added to data: what is refused before anything is written.

Few records are all looked at. Of many nobody knows before the index is built, which may end in taking it out
again: one that system fields need is refused where there would be none meanwhile.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from chalicelib.collections import small
from chalicelib.schema.changes import added_indexes
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index
from chalicelib.schema.problems import Problem, Problems
from chalicelib.schema.record import Record
from chalicelib.schema.validate_indexes import cannot_make
from chalicelib.storage.records import read_pages


def find_refusals(new: Collection, old: Collection) -> Problems:
    """Why unique indexes of the new definition cannot be made, by their positions."""
    added, unguarded = added_indexes(new, old), _find_unguarded(new, old)
    if not (added or unguarded):
        return {}
    records = list(islice(_read_bare(new), small.MAX_AT_ONCE + 1))
    if len(records) > small.MAX_AT_ONCE:
        return {_position(index, new): _still_needed(index) for index in unguarded}
    return not_unique([index for index in added if _has_equal_keys(records, index)], new)


def not_unique(indexes: Sequence[Index], collection: Collection) -> Problems:
    """That records have equal values, as PocketBase says it, by the indexes' positions."""
    return {
        _position(index, collection): cannot_make(index, f"constraint failed: {failure_of(index)} (2067)")
        for index in indexes
    }


def failure_of(index: Index) -> str:
    """What SQLite says of an index that does not hold."""
    return f"UNIQUE constraint failed: {', '.join(f'{index.table}.{name}' for name in index.column_names)}"


def _read_bare(collection: Collection) -> Iterator[Record]:
    """All records, as if the collection had no unique indexes."""
    for page in read_pages(replace(collection, indexes=())):
        yield from page


def _find_unguarded(new: Collection, old: Collection) -> list[Index]:
    """The indexes that are to take the place of another of the same system fields before they are ready."""
    system = {field.name for field in old.fields if field.system}
    left = {index.column_names for index in old.ready_indexes} - {
        index.column_names for index in new.ready_indexes
    }
    return [
        index
        for index in new.unique_indexes
        if not index.is_ready and index.column_names in left and system.intersection(index.column_names)
    ]


def _still_needed(index: Index) -> Problem:
    columns = ", ".join(index.column_names)
    reason = (
        f"a collection of more than {small.MAX_AT_ONCE} records needs its former unique index on {columns} "
        "until this one is built: add it under another name, and remove the former one later"
    )
    return cannot_make(index, reason)


def _has_equal_keys(records: Sequence[Record], index: Index) -> bool:
    keys = [key for record in records if (key := index.key_of(record.values)) is not None]
    return len(set(keys)) < len(keys)


def _position(index: Index, collection: Collection) -> str:
    return str([each.slot for each in collection.indexes].index(index.slot))
