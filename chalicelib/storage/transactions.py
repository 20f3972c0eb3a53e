"""Writing records: together or not at all.

`plan_writes` decides, purely: which items change and under which conditions. `write_together` does it: one
plain conditional write when one item is enough, else one transaction. A condition that did not hold becomes
the failure that it means.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from chalicelib.schema.indexes import Index
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, Condition, FreeOrHolds, Holds
from chalicelib.storage.engine import DeleteItem, Key, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict, IdTaken, NotUnique, StorageFailure
from chalicelib.storage.items import UniqueItem
from chalicelib.storage.records import item_of, key_of


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
    try:
        get_engine().write_all([each.write for each in planned])
    except ConditionFailed as failed:
        if not _is_done(planned):
            failures = [planned[place].failure for place in failed.failed]
            raise _telling(failures) from failed
    return tuple(after for change in changes if (after := _after(change)))


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
    return (
        change.before if isinstance(change, Update) else change.record if isinstance(change, Delete) else None
    )


def _after(change: Change) -> Record | None:
    return (
        change.after if isinstance(change, Update) else change.record if isinstance(change, Create) else None
    )


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
    return WriteItem(item_of(record).to_attributes(), condition)


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
    # Nothing can be held yet by a record that is only being created, not even under its own id.
    fresh = {key for change in changes if isinstance(change, Create) for key in _claims(change.record)}
    kept = [
        _take(key, claim, given_up.get(key, None if key in fresh else claim)) for key, claim in taken.items()
    ]
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


def _take(key: Key, claim: Claim, holder: Claim | None) -> Planned:
    item = UniqueItem(*key, owner=claim.record.id).to_attributes()
    condition = FreeOrHolds("owner", holder.record.id) if holder else Absent()
    return Planned(WriteItem(item, condition), NotUnique(claim.record.collection, claim.index))


def _give_up(key: Key, claim: Claim) -> Planned:
    return Planned(DeleteItem(key, FreeOrHolds("owner", claim.record.id)), Conflict(claim.record.id))
