"""Old definition, new definition: what follows for the records that are stored already.

Little does. Values are stored by field id, under columns that are never used twice, and records under
their collection's space: renaming or deleting a field or a collection touches no record. A field that
becomes single or multiple goes on in a new column, what the old one holds is cast when it is read.
Only a unique index must know every record before it can refuse another.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from chalicelib import ids
from chalicelib.schema.collection import Collection
from chalicelib.schema.index_condition import Condition
from chalicelib.schema.indexes import Index

SLOT_LENGTH = 8

# What a unique index keeps apart, whatever its fields are called: their ids, whether they hold lists,
# how their texts are compared; and which records it concerns.
Meaning: TypeAlias = tuple[tuple[tuple[str, bool, str], ...], Condition | None]


def with_slots(new: Collection, old: Collection | None) -> Collection:
    """The new definition, each unique index in the slot of an old one that means the same, else a new one."""
    former = {_meaning(index, old): index.slot for index in old.unique_indexes} if old else {}
    return replace(new, indexes=tuple(_with_slot(index, new, former) for index in new.indexes))


def added_indexes(new: Collection, old: Collection) -> tuple[Index, ...]:
    """The unique indexes that stored records are not in yet."""
    former = {index.slot for index in old.unique_indexes}
    return tuple(index for index in new.unique_indexes if index.slot not in former)


def _with_slot(index: Index, collection: Collection, former: Mapping[Meaning, str]) -> Index:
    if not index.unique:
        return index
    slot = former.get(_meaning(index, collection)) or ids.random_text(SLOT_LENGTH, ids.RECORD_ID_ALPHABET)
    return replace(index, slot=slot)


def _meaning(index: Index, collection: Collection) -> Meaning:
    fields = collection.field_by_name
    columns = tuple(
        (fields[column.name].id, fields[column.name].is_multiple, column.collate.upper())
        for column in index.columns
        if column.name in fields
    )
    spelled = {name.lower(): field.id for name, field in fields.items()}
    return columns, index.condition and index.condition.renamed(spelled)
