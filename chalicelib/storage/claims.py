"""Unique values: what a change takes and gives up, one item for each, and claims that nobody has a right to.

A claim is an item that holds the values of a unique index for one record. Records and claims are written
together. While an index is being built whoever writes a record claims all of its values, those it had before
too. For a moment after it was added another function, which does not know of it yet, can change a record and
leave its claim behind: whoever is refused by such a claim takes it over.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.schema.indexes import Index
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, Condition, FreeOrHolds, Holds
from chalicelib.storage.engine import CheckItem, DeleteItem, Key, Write, WriteItem, get_engine, key_of_write
from chalicelib.storage.failures import Conflict, NotUnique, StorageFailure
from chalicelib.storage.items import UniqueItem
from chalicelib.storage.record_items import key_of
from chalicelib.storage.records import find_everywhere

# A record before and after a change; None where there is none.
Sides: TypeAlias = tuple[Record | None, Record | None]


@dataclass(frozen=True)
class Claim:
    """A record's hold on the values of a unique index."""

    key: Key
    record: Record
    index: Index


@dataclass(frozen=True)
class Planned:
    """One item's write, and what it means when its condition does not hold. `claim`: whose item it is."""

    write: Write
    failure: StorageFailure
    claim: Claim | None = None


def plan_claims(changes: Iterable[Sides]) -> list[Planned]:
    """What one change gives up another may take: that is one write, of one item. Raises NotUnique."""
    taken: dict[Key, Claim] = {}
    given_up: dict[Key, Claim] = {}
    fresh: set[Key] = set()
    for before, after in changes:
        old, new = _claims(before), _claims(after)
        given_up |= {key: claim for key, claim in old.items() if key not in new}
        # Nothing can be held yet by a record that is only being created, not even under its own id.
        fresh |= set() if before else set(new)
        for key, claim in new.items():
            is_new = key not in old or not claim.index.is_ready
            if is_new and taken.setdefault(key, claim) is not claim:
                raise NotUnique(claim.record.collection, claim.index)
    kept = [_take(claim, given_up.get(key, None if key in fresh else claim)) for key, claim in taken.items()]
    return kept + [_give_up(claim) for key, claim in given_up.items() if key not in taken]


def claim_keys(record: Record) -> list[Key]:
    """Where the claims of a record are, as far as it has any."""
    return list(_claims(record))


def unchanged(record: Record) -> Condition:
    """That a record is as it was read: its stamp, which no other write gives; `rev` where none was kept."""
    return Holds("stamp", record.stamp) if record.stamp else Holds("rev", record.rev)


def past_left_claims(planned: Sequence[Planned]) -> list[Planned]:
    """The writes, made so that claims which were left behind do not stand in their way.

    A claim is one only while its owner has the values. Raises NotUnique when it is: of several that are in
    the way, for the index declared last, as SQLite does.
    """
    owners = _owners([each.claim.key for each in planned if each.claim])
    in_the_way = [each for each in planned if _is_refused(each, owners)]
    # What another holds cannot be given up, and need not be.
    wanted = [each.claim for each in in_the_way if each.claim and isinstance(each.write, WriteItem)]
    holders = _holders(wanted, owners)
    rightful = [claim for claim in wanted if _has_values(holders.get(_owner_key(claim, owners)), claim)]
    if rightful:
        raise _not_unique(rightful[-1])
    kept = [each for each in planned if each not in in_the_way]
    return kept + _take_over(wanted, owners, holders, {key_of_write(each.write) for each in kept})


def _claims(record: Record | None) -> dict[Key, Claim]:
    if record is None:
        return {}
    found = ((index, _key_under(index, record)) for index in record.collection.unique_indexes)
    return {key: Claim(key, record, index) for index, key in found if key is not None}


def _key_under(index: Index, record: Record) -> Key | None:
    values = index.key_of(record.values)
    if values is None:
        return None
    return keys.unique_key(record.collection.space, index.stored_name, values), keys.UNIQUE_SORT


def _take(claim: Claim, holder: Claim | None) -> Planned:
    return _put(claim, FreeOrHolds("owner", holder.record.id) if holder else Absent())


def _put(claim: Claim, condition: Condition) -> Planned:
    item = UniqueItem(*claim.key, owner=claim.record.id).to_attributes()
    return Planned(WriteItem(item, condition), _not_unique(claim), claim)


def _give_up(claim: Claim) -> Planned:
    write = DeleteItem(claim.key, FreeOrHolds("owner", claim.record.id))
    return Planned(write, Conflict(claim.record.id), claim)


def _owners(wanted: Sequence[Key]) -> dict[Key, str]:
    """Who has the claims that exist."""
    found = (UniqueItem.from_attributes(each) for each in get_engine().batch_get(wanted))
    return {(item.pk, item.sk): item.owner for item in found}


def _is_refused(each: Planned, owners: Mapping[Key, str]) -> bool:
    owner = owners.get(each.claim.key) if each.claim else None
    condition = each.write.condition
    return owner is not None and not (isinstance(condition, FreeOrHolds) and condition.value == owner)


def _owner_key(claim: Claim, owners: Mapping[Key, str]) -> Key:
    """Where the record is, if there is one, that has what another claims."""
    return key_of(claim.record.collection, owners[claim.key])


def _holders(wanted: Sequence[Claim], owners: Mapping[Key, str]) -> dict[Key, Record]:
    """The records that have what others claim, as far as they exist."""
    named = {_owner_key(claim, owners): (claim.record.collection, owners[claim.key]) for claim in wanted}
    return {key_of(record.collection, record.id): record for record in find_everywhere(list(named.values()))}


def _has_values(holder: Record | None, claim: Claim) -> bool:
    return holder is not None and _key_under(claim.index, holder) == claim.key


def _take_over(
    wanted: Sequence[Claim], owners: Mapping[Key, str], holders: Mapping[Key, Record], written: Set[Key]
) -> list[Planned]:
    """Claims taken from their owners, who must stay without the values: as they are, or absent."""
    checks: dict[Key, Planned] = {}
    for claim in wanted:
        key = _owner_key(claim, owners)
        condition = unchanged(holders[key]) if key in holders else Absent()
        checks[key] = Planned(CheckItem(key, condition), _not_unique(claim), claim)
    taken = [_put(claim, Holds("owner", owners[claim.key])) for claim in wanted]
    return taken + [check for key, check in checks.items() if key not in written]


def _not_unique(claim: Claim) -> NotUnique:
    return NotUnique(claim.record.collection, claim.index)
