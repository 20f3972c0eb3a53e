"""Edges: items by which records are found by a value of a multi-valued field.

Whoever finds a record through an edge looks whether it has the value: an edge too many does no harm, one
missing would. So edges are written before or with the record, and removed with it or after it.
"""

from collections.abc import Iterator, Sequence

from chalicelib.errors import Overloaded
from chalicelib.frozen import dataclass
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.claims import unchanged
from chalicelib.storage.conditions import Absent, Condition
from chalicelib.storage.engine import TRANSACTION_MAX, CheckItem, DeleteItem, Key, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed
from chalicelib.storage.items import EdgeItem


@dataclass(frozen=True)
class EdgeChange:
    """The edges that one record gets and loses; `stays`: what is true of it until it is changed again."""

    record: Key
    stays: Condition
    put: tuple[WriteItem, ...] = ()
    drop: tuple[DeleteItem, ...] = ()

    @property
    def writes(self) -> tuple[WriteItem | DeleteItem, ...]:
        """All of them."""
        return (*self.put, *self.drop)


def find_edge_change(before: Record | None, after: Record | None) -> EdgeChange:
    """What follows from a record's change. While edges are being built, all are written anew."""
    old, new = _edges_of(before), _edges_of(after)
    known = after or before
    if known is None:
        raise ValueError("a record is needed")
    anew = not all(edges.is_settled for edges in known.collection.edges)
    return EdgeChange(
        (keys.record_key(known.collection.space, known.id), keys.RECORD_SORT),
        unchanged(after) if after else Absent(),
        tuple(WriteItem(item.to_attributes()) for key, item in new.items() if anew or key not in old),
        tuple(DeleteItem(key) for key in old if key not in new),
    )


def write_ahead(changes: Sequence[EdgeChange]) -> None:
    """Write the new edges of records that have more than their transaction holds."""
    writes = [write for change in changes for write in change.put]
    for start in range(0, len(writes), TRANSACTION_MAX):
        get_engine().write_all(writes[start : start + TRANSACTION_MAX])


def drop_behind(changes: Sequence[EdgeChange]) -> None:
    """Remove the old edges of such records, as long as nobody has changed them again."""
    for change in changes:
        try:
            for portion in _portions(change):
                get_engine().write_all(portion)
        except (ConditionFailed, Overloaded):  # what is left does no harm
            continue


def count_edges(record: Record) -> int:
    """How many edges a record has."""
    return len(_edges_of(record))


def edge_keys(record: Record) -> list[Key]:
    """Where the edges of a record are."""
    return list(_edges_of(record))


def _portions(change: EdgeChange) -> Iterator[list[CheckItem | DeleteItem]]:
    size = TRANSACTION_MAX - 1
    for start in range(0, len(change.drop), size):
        yield [CheckItem(change.record, change.stays), *change.drop[start : start + size]]


def _edges_of(record: Record | None) -> dict[Key, EdgeItem]:
    if record is None:
        return {}
    return {(item.pk, item.sk): item for item in _items_of(record)}


def _items_of(record: Record) -> Iterator[EdgeItem]:
    collection = record.collection
    partition = keys.record_key(collection.space, record.id)
    for edges in collection.edges:
        column = collection.columns[edges.field_id]
        for value in record.values.get(collection.field_by_id[edges.field_id].name) or ():
            item = EdgeItem(partition, keys.edge_sort(column, value), g1sk=record.rowid)
            item.g1pk = keys.edge_key(collection.space, column, value)
            yield item
