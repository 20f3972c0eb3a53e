"""Places in the accesses that come in order: where a page ended, and what it is the order of."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.filters.access import Access, ByEdge, BySlot, InInsertionOrder, Place
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.slot_keys import whole_sort


def place_of(record: Record, access: Access) -> Place:
    """Where the access has this record."""
    return Place(_SORTS[type(access)](record, access), record.id)


def find_place(record: Record, access: Access) -> Place | None:
    """Where the access has this record; None when it gives no order to go on in."""
    return place_of(record, access) if type(access) in _SORTS else None


def name_access(collection: Collection, access: Access) -> tuple[str, ...]:
    """What tells its order from all others: a place is good for this one only.

    The ends of a range do not count: ``@now`` moves them.
    """
    way = "-" if getattr(access, "backwards", False) else "+"
    named = _NAMES.get(type(access))
    return (way, *(named(collection, access) if named else ()))


_SORTS: Mapping[type, Callable[[Record, Any], str]] = {
    InInsertionOrder: lambda record, access: record.rowid,
    BySlot: lambda record, access: whole_sort(access.slot, record),
    ByEdge: lambda record, access: record.rowid,
}
_NAMES: Mapping[type, Callable[[Collection, Any], tuple[str, ...]]] = {
    InInsertionOrder: lambda collection, access: ("rows",),
    BySlot: lambda collection, access: ("slot", access.slot.tag, *map(repr, access.equal)),
    ByEdge: lambda collection, access: ("edge", collection.columns[access.field.id], access.value),
}
