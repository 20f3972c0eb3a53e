"""Writing records: together or not at all.

`plan_writes` decides, purely: which items change and under which conditions. `write_together` does it: one
plain conditional write when one item is enough, else one transaction. A condition that did not hold becomes
the failure that it means. A record's edges are part of its transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from chalicelib.schema.indexes import Index
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, Condition, FreeOrHolds, Holds
from chalicelib.storage.edges import EdgeChange, drop_behind, find_edge_change, write_ahead
from chalicelib.storage.engine import TRANSACTION_MAX, DeleteItem, Key, Write, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict, IdTaken, NotUnique, StorageFailure
from chalicelib.storage.items import UniqueItem
from chalicelib.storage.record_items import item_of, key_of
from chalicelib.storage.slot_keys import slot_attributes


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


@dataclass(frozen=True)
class Planned:
    """One item's write, and what it means when its condition does not hold."""

    write: WriteItem | DeleteItem
    failure: StorageFailure


def write_together(changes: Sequence[Change]) -> tuple[Record, ...]:
    """Carry out all changes or none; answers the created and updated records as they are now stored.

    Raises IdTaken, NotUnique, Conflict, TooManyItems or ItemTooLarge.
    """
    changes = [_numbered(change) for change in changes]
    planned = plan_writes(changes)
    edges = [find_edge_change(_before(change), _after(change)) for change in changes]
    try:
        _write(planned, edges)
    except ConditionFailed as failed:
        if not _is_done(planned):
            failures = [planned[place].failure for place in failed.failed]
            raise _telling(failures) from failed
    return tuple(after for change in changes if (after := _after(change)))


def _write(planned: Sequence[Planned], edges: Sequence[EdgeChange]) -> None:
    """One transaction; edges that do not fit in are written before it and removed after it."""
    writes: list[Write] = [each.write for each in planned]
    total = len(writes) + sum(len(change.writes) for change in edges)
    if len(writes) > TRANSACTION_MAX or total <= TRANSACTION_MAX:
        return get_engine().write_all([*writes, *(write for change in edges for write in change.writes)])
    write_ahead(edges)
    get_engine().write_all(writes)
    return drop_behind(edges)


def _is_done(planned: Sequence[Planned]) -> bool:
    """Whether a single write was carried out although its condition failed.

    So it is when the answer to a write got lost on its way and the write was repeated: it met itself.
    Transactions carry a token against that.
    """
    write = planned[0].write
    if len(planned) > 1 or isinstance(write, DeleteItem):
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
    return [_write_record(change) for change in changes] + _write_claims(changes)


def _numbered(change: Change) -> Change:
    """The change with its record as it will be stored: `rev` counted on, a `rowid` given."""
    if isinstance(change, Create):
        record = change.record
        return Create(replace(record, rev=1, rowid=record.rowid or keys.new_rowid()))
    if isinstance(change, Update):
        before = change.before
        return Update(before, replace(change.after, rev=before.rev + 1, rowid=before.rowid))
    return change


def _sides(change: Change) -> tuple[Record, ...]:
    return (change.before, change.after) if isinstance(change, Update) else (change.record,)


def _before(change: Change) -> Record | None:
    return None if isinstance(change, Create) else _sides(change)[0]


def _after(change: Change) -> Record | None:
    return None if isinstance(change, Delete) else _sides(change)[-1]


def _write_record(change: Change) -> Planned:
    if isinstance(change, Create):
        record = change.record
        return Planned(_put(record, Absent()), IdTaken(record.collection, record.id))
    if isinstance(change, Update):
        return Planned(_put(change.after, Holds("rev", change.before.rev)), Conflict(change.before.id))
    record = change.record
    key = key_of(record.collection, record.id)
    return Planned(DeleteItem(key, Holds("rev", record.rev)), Conflict(record.id))


def _put(record: Record, condition: Condition) -> WriteItem:
    return WriteItem(item_of(record).to_attributes(slot_attributes(record)), condition)


def _write_claims(changes: Sequence[Change]) -> list[Planned]:
    """Unique values. What one change gives up another may take: that is one write, of one item."""
    taken: dict[Key, Claim] = {}
    given_up: dict[Key, Claim] = {}
    for change in changes:
        old, new = _claims(_before(change)), _claims(_after(change))
        given_up |= {key: claim for key, claim in old.items() if key not in new}
        for key, claim in new.items():
            if key not in old and taken.setdefault(key, claim) is not claim:
                raise NotUnique(claim.record.collection, claim.index)
    kept = [_take(key, claim, given_up.get(key, claim)) for key, claim in taken.items()]
    return kept + [_give_up(key, claim) for key, claim in given_up.items() if key not in taken]


@dataclass(frozen=True)
class Claim:
    """A record's hold on the values of a unique index."""

    record: Record
    index: Index


def _claims(record: Record | None) -> dict[Key, Claim]:
    if record is None:
        return {}
    space = record.collection.space
    held = [(index, index.key_of(record.values)) for index in record.collection.unique_indexes]
    return {
        (keys.unique_key(space, index.stored_name, values), keys.UNIQUE_SORT): Claim(record, index)
        for index, values in held
        if values is not None
    }


def _take(key: Key, claim: Claim, holder: Claim) -> Planned:
    item = UniqueItem(*key, owner=claim.record.id).to_attributes()
    failure = NotUnique(claim.record.collection, claim.index)
    return Planned(WriteItem(item, FreeOrHolds("owner", holder.record.id)), failure)


def _give_up(key: Key, claim: Claim) -> Planned:
    return Planned(DeleteItem(key, FreeOrHolds("owner", claim.record.id)), Conflict(claim.record.id))
