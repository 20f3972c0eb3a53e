"""Old definition, new definition: what follows for the records that are stored already.

Little does. Values are stored by field id, under columns that are never used twice, and records under
their collection's space: renaming or deleting a field or a collection touches no record. A field that
becomes single or multiple goes on in a new column, what the old one holds is cast when it is read. A unique
index must know every record before anything may be looked up in it; a slot, and a field's edges, before
lists may be read through them: until then they are building.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from chalicelib import ids
from chalicelib.schema.building import Refused
from chalicelib.schema.collection import Collection
from chalicelib.schema.index_condition import Condition
from chalicelib.schema.indexes import Index, IndexColumn
from chalicelib.schema.slots import (
    BUILDING,
    CHECKING,
    EDGE_TYPES,
    FIRST,
    LAST,
    MAX_COLUMNS,
    MAX_SLOTS,
    READY,
    TAG_LENGTH,
    Edges,
    Slot,
)

SLOT_LENGTH = 8

# What an index keeps apart, whatever its fields are called: their ids, whether they hold lists, how their
# texts are compared; and which records it concerns. Directions do not matter: an index is read either way.
Meaning: TypeAlias = tuple[tuple[tuple[str, bool, str], ...], Condition | None]


def with_slots(new: Collection, old: Collection | None) -> Collection:
    """The new definition, each unique index in the slot of an old one that means the same, else a new one.

    `old` is None when there are no records yet: then all are ready at once.
    """
    former = {_meaning(index, old): index for index in old.unique_indexes} if old else {}
    return replace(new, indexes=tuple(_with_slot(index, new, former, not old) for index in new.indexes))


def added_indexes(new: Collection, old: Collection) -> tuple[Index, ...]:
    """The unique indexes that stored records are not in yet."""
    former = {index.slot for index in old.unique_indexes}
    return tuple(index for index in new.unique_indexes if index.slot not in former)


def without_index(collection: Collection, slot: str, reason: str = "") -> Collection:
    """The definition without the unique index of this slot; with a reason, it tells that it was refused."""
    gone = [index for index in collection.unique_indexes if index.slot == slot]
    kept = tuple(index for index in collection.indexes if index not in gone)
    told = tuple(Refused(index.text, reason) for index in gone if reason)
    smaller = replace(collection, indexes=kept, refused=(*collection.refused, *told))
    return with_access(smaller, collection)


def with_access(new: Collection, old: Collection | None) -> Collection:
    """The new definition with slots and edges; those that mean what an old one meant are that one.

    `old` is None when there are no records yet: then all are ready at once.
    """
    if new.type == "view":  # nothing is stored of it
        return replace(new, slots=(), edges=())
    return replace(new, slots=_slots(new, old), edges=_edges(new, old))


def with_all_in_use(collection: Collection) -> Collection:
    """The same once lists may be read through what was building, and unique indexes hold."""
    slots = tuple(replace(slot, state=CHECKING) if not slot.is_ready else slot for slot in collection.slots)
    edges = tuple(replace(each, state=CHECKING) if not each.is_ready else each for each in collection.edges)
    indexes = tuple(replace(index, holds=True) for index in collection.indexes)
    return replace(collection, slots=slots, edges=edges, indexes=indexes)


def with_all_ready(collection: Collection) -> Collection:
    """The same once all its records are in all its slots and indexes and have all their edges."""
    slots = tuple(replace(slot, state=READY) for slot in collection.slots)
    edges = tuple(replace(each, state=READY) for each in collection.edges)
    indexes = tuple(replace(index, is_ready=True, holds=True) for index in collection.indexes)
    return replace(collection, slots=slots, edges=edges, indexes=indexes)


def _slots(new: Collection, old: Collection | None) -> tuple[Slot, ...]:
    former = {_meaning(slot, old): slot for slot in old.slots} if old else {}
    wanted: dict[Meaning, Slot] = {}
    for slot in _wanted_slots(new):
        wanted.setdefault(_meaning(slot, new), slot)
    kept = dict(list(wanted.items())[:MAX_SLOTS])
    used = {former[meaning].number for meaning in kept if meaning in former}
    free = (number for number in range(FIRST, LAST + 1) if number not in used)
    return tuple(
        replace(slot, number=before.number, tag=before.tag, state=before.state)
        if (before := former.get(meaning))
        else replace(slot, number=next(free), tag=_new_tag(TAG_LENGTH), state=BUILDING if old else READY)
        for meaning, slot in kept.items()
    )


def _wanted_slots(new: Collection) -> Iterator[Slot]:
    """One for each declared index, and one for each single relation that no index begins with."""
    declared = [index for index in new.indexes if index.columns and _knows_all(index, new)]
    for index in declared:
        yield Slot(0, "", index.columns[:MAX_COLUMNS], index=index.name, condition=index.condition)
    led = {index.column_names[0] for index in declared[:MAX_SLOTS] if not index.where}
    for field in new.fields:
        if field.type == "relation" and not field.is_multiple and field.name not in led:
            yield Slot(0, "", (IndexColumn(field.name),), field_id=field.id)


def _knows_all(index: Index, collection: Collection) -> bool:
    return all(name in collection.field_by_name for name in index.column_names)


def _edges(new: Collection, old: Collection | None) -> tuple[Edges, ...]:
    kept = (each for each in old.edges if _has_edges(each.field_id, old)) if old else ()
    former = {each.field_id: each for each in kept}
    state = BUILDING if old else READY
    wanted = (field.id for field in new.fields if _has_edges(field.id, new))
    return tuple(former.get(each) or Edges(each, _new_tag(TAG_LENGTH), state) for each in wanted)


def _has_edges(field_id: str, collection: Collection) -> bool:
    field = collection.field_by_id.get(field_id)
    return field is not None and field.is_multiple and field.type in EDGE_TYPES


def _new_tag(length: int) -> str:
    return ids.random_text(length, ids.RECORD_ID_ALPHABET)


def _with_slot(
    index: Index, collection: Collection, former: Mapping[Meaning, Index], is_ready: bool
) -> Index:
    if not index.unique:
        return index
    same = former.get(_meaning(index, collection))
    if same:
        return replace(index, slot=same.slot, is_ready=same.is_ready, holds=same.holds)
    return replace(index, slot=_new_tag(SLOT_LENGTH), is_ready=is_ready, holds=is_ready)


def _meaning(index: Index | Slot, collection: Collection) -> Meaning:
    fields = collection.field_by_name
    columns = tuple(
        (fields[column.name].id, fields[column.name].is_multiple, column.collate.upper())
        for column in index.columns
        if column.name in fields
    )
    spelled = {name.lower(): field.id for name, field in fields.items()}
    return columns, index.condition and index.condition.renamed(spelled)
