"""Writing records: together or not at all.

`plan_writes` decides, purely: which items change and under which conditions. `write_together` does it: one
plain conditional write when one item is enough, else one transaction. A condition that did not hold becomes
the failure that it means. A record's edges are part of its transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.schema.record import Record
from chalicelib.storage.claims import Planned, past_left_claims, plan_claims, unchanged
from chalicelib.storage.conditions import Absent, Condition
from chalicelib.storage.edges import EdgeChange, drop_behind, find_edge_change, write_ahead
from chalicelib.storage.engine import DeleteItem, Write, WriteItem, fits, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict, IdTaken, StorageFailure
from chalicelib.storage.record_items import item_of, key_of
from chalicelib.storage.rowids import new_rowid, new_stamp
from chalicelib.storage.slot_keys import slot_attributes

# Claims that are in the way are looked at again when others take them meanwhile.
ATTEMPTS = 3


@dataclass(frozen=True)
class Create:
    """Add a record; its id and unique values must be free."""

    record: Record


@dataclass(frozen=True)
class Update:
    """Replace `before`, as it was read, by `after`."""

    before: Record
    after: Record


@dataclass(frozen=True)
class Delete:
    """Remove a record, as it was read."""

    record: Record


Change: TypeAlias = Create | Update | Delete


def write_together(changes: Sequence[Change], beside: Sequence[Planned] = ()) -> tuple[Record, ...]:
    """Carry out all changes or none; answers the created and updated records as they are now stored.

    `beside` is written or checked in the same transaction: what is no record. Raises IdTaken, NotUnique,
    Conflict, TooManyItems or ItemTooLarge.
    """
    changes = [numbered(change) for change in changes]
    planned = wanted = [*plan_writes(changes), *beside]
    edges = [find_edge_change(before_of(change), after_of(change)) for change in changes]
    for _ in range(ATTEMPTS):
        refused = _try(planned, edges)
        if not refused:
            return tuple(after for change in changes if (after := after_of(change)))
        planned = past_left_claims(wanted)
    raise _telling([each.failure for each in refused])


def refuse_taken(changes: Sequence[Change]) -> None:
    """Raise NotUnique if other records have what these changes would take: for those that cannot be one."""
    past_left_claims(plan_claims((before_of(change), after_of(change)) for change in changes))


def _try(planned: Sequence[Planned], edges: Sequence[EdgeChange]) -> list[Planned]:
    """Write, or answer the claims that were in the way. Raises what else was: IdTaken, Conflict."""
    try:
        _write([each.write for each in planned], [each for each in edges if each.writes])
    except ConditionFailed as failed:
        if _is_done(planned):
            return []
        refused = [planned[place] for place in failed.failed]
        if all(each.claim for each in refused):
            return refused
        raise _telling([each.failure for each in refused]) from failed
    return []


def _write(writes: Sequence[Write], edges: Sequence[EdgeChange]) -> None:
    """One transaction; edges that do not fit in are written before it and removed after it."""
    together = [*writes, *(write for change in edges for write in change.writes)]
    if fits(together) or not fits(writes):
        return get_engine().write_all(together)
    write_ahead(edges)
    get_engine().write_all(writes)
    return drop_behind(edges)


def _is_done(planned: Sequence[Planned]) -> bool:
    """Whether a single write was carried out although its condition failed.

    So it is when the answer to a write got lost on its way and the write was repeated: it met itself.
    Transactions carry a token against that.
    """
    write = planned[0].write
    if len(planned) > 1 or not isinstance(write, WriteItem):
        return False
    stored = get_engine().get((write.item["pk"]["S"], write.item["sk"]["S"]))
    return stored is not None and stored.get("stamp") == write.item["stamp"]


def _telling(failures: Sequence[StorageFailure]) -> StorageFailure:
    """Of several failures the one to tell: a lost race, else the index declared last, as SQLite does."""
    return next((failure for failure in failures if isinstance(failure, Conflict)), failures[-1])


def plan_writes(changes: Sequence[Change]) -> list[Planned]:
    """One write per item: the records first, then the unique values they take and give up."""
    ids = [(record.collection.space, record.id) for change in changes for record in _sides(change)[:1]]
    if len(ids) != len(set(ids)):
        raise ValueError("one record is changed twice in one transaction")
    claims = plan_claims((before_of(change), after_of(change)) for change in changes)
    return [_write_record(change) for change in changes] + claims


def numbered(change: Change) -> Change:
    """The change with its record as it will be stored: `rev` counted on, a stamp and a `rowid` given."""
    stamp = new_stamp()
    if isinstance(change, Create):
        record = change.record
        return Create(replace(record, rev=1, rowid=record.rowid or new_rowid(), stamp=stamp))
    if isinstance(change, Update):
        before, rev = change.before, change.before.rev + 1
        after = replace(change.after, rev=rev, rowid=before.rowid, stamp=stamp, unknown=before.unknown)
        return Update(before, after)
    return change


def _sides(change: Change) -> tuple[Record, ...]:
    return (change.before, change.after) if isinstance(change, Update) else (change.record,)


def before_of(change: Change) -> Record | None:
    """The record that is changed; None when it is created."""
    return None if isinstance(change, Create) else _sides(change)[0]


def after_of(change: Change) -> Record | None:
    """What it is changed to; None when it is removed."""
    return None if isinstance(change, Delete) else _sides(change)[-1]


def _write_record(change: Change) -> Planned:
    if isinstance(change, Create):
        record = change.record
        return Planned(_put(record, Absent()), IdTaken(record.collection, record.id))
    if isinstance(change, Update):
        return Planned(_put(change.after, unchanged(change.before)), Conflict(change.before.id))
    record = change.record
    key = key_of(record.collection, record.id)
    return Planned(DeleteItem(key, unchanged(record)), Conflict(record.id))


def _put(record: Record, condition: Condition) -> WriteItem:
    return WriteItem(item_of(record).to_attributes(slot_attributes(record)), condition)
