"""Storing records: what is filled in, hashed and renewed on the way, and what is removed along with it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from chalicelib import clock
from chalicelib.files.keeping import write_with_files
from chalicelib.records.attached import EXTERNAL, MFAS, ORIGINS, OTPS, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.records.values import fill_changed, fill_new
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.password import PasswordField, PlainPassword
from chalicelib.schema.record import Record
from chalicelib.security.passwords import DEFAULT_COST, hash_password
from chalicelib.storage.claims import Planned
from chalicelib.storage.transactions import Change, Create, Delete, Update

# What a changed value of an auth record makes worthless.
OUTDATED_BY: Mapping[str, Sequence[str]] = {
    "email": (OTPS,),
    "tokenKey": (OTPS,),
    "verified": (EXTERNAL, OTPS),
    "password": (MFAS, OTPS, ORIGINS),
}
# How many of a kind go with a change, the newest. There can be more than a transaction holds: whoever asks
# for codes often enough at the same time is given more than ten. Codes and half-finished sign-ins that stay
# are worthless by their bond, and a place that stays opens nothing.
MOST_REMOVED: Mapping[str, int] = {OTPS: 20, MFAS: 20, ORIGINS: 10}


def save_new(record: Record) -> Record:
    """Store a record that does not exist yet; answers it as stored. Raises IdTaken and NotUnique."""
    return write_with_files([Create(hashed(filled_in(record)))])[0]


def save_changed(before: Record, after: Record, beside: Sequence[Planned] = ()) -> Record:
    """Store a record in place of the one that was read, and what is beside it; answers it as stored.

    Raises Conflict when somebody else was faster, and NotUnique.
    """
    return write_with_files(plan_changed(before, after), beside)[0]


def plan_changed(before: Record, after: Record, related: RelatedRecords | None = None) -> list[Change]:
    """What storing a record in place of another takes: itself, and what is void after it."""
    outdated = _outdated(before, after, related)
    # Who signed in through an account that is linked no more is signed out.
    is_unlinked = _has_links(outdated)
    changed = Update(before, hashed(renewed(before, after, is_unlinked=is_unlinked)))
    return [changed, *(Delete(each) for each in outdated)]


def filled_in(record: Record) -> Record:
    """A new record with everything that is not submitted: id, dates, generated texts."""
    values = fill_new(record.collection, record.values, clock.to_text(clock.now()))
    return replace(record, values=values | _always(record.collection))


def renewed(before: Record, after: Record, *, is_unlinked: bool = False) -> Record:
    """A changed record with its dates moved on, and its tokens made void if they must be."""
    now = clock.to_text(clock.now())
    values = fill_changed(after.collection, after.values, now) | _always(after.collection)
    if _keeps_key(before, after) and (is_unlinked or {"email", "password"} & _changed(before, after)):
        values["tokenKey"] = after.collection.field_by_name["tokenKey"].on_create("", now)
    return replace(after, values=values)


def hashed(record: Record) -> Record:
    """The record with its new passwords as hashes."""
    hashes = {
        name: hash_password(value, _cost(record.collection, name))
        for name, value in record.values.items()
        if isinstance(value, PlainPassword)
    }
    return replace(record, values={**record.values, **hashes})


def _cost(collection: Collection, name: str) -> int:
    field = collection.field_by_name[name]
    return (field.cost if isinstance(field, PasswordField) else 0) or DEFAULT_COST


def _always(collection: Collection) -> dict[str, Any]:
    return {"verified": True} if collection.name == "_superusers" else {}


def _keeps_key(before: Record, after: Record) -> bool:
    """Whether this save does not set a tokenKey itself."""
    return after.collection.is_auth and before.get("tokenKey") == after.get("tokenKey")


def _changed(before: Record, after: Record) -> set[str]:
    """What is another value of these; being verified no more is no change that makes anything worthless."""
    changed = {name for name in OUTDATED_BY if before.get(name) != after.get(name)}
    return changed if after.get("verified") else changed - {"verified"}


def _outdated(before: Record, after: Record, related: RelatedRecords | None) -> list[Record]:
    if not after.collection.is_auth:
        return []
    changed = _changed(before, after)
    names = {name for value in changed for name in OUTDATED_BY[value]}
    found = _find_outdated(after, names, related or RelatedRecords()) if names else []
    # Being verified makes nothing worthless by itself: only the end of a link does.
    return found if changed != {"verified"} or _has_links(found) else []


def _find_outdated(record: Record, names: Set[str], related: RelatedRecords) -> list[Record]:
    found = {name: find_attached(record, (name,), related) for name in sorted(names)}
    return [each for name, kept in found.items() for each in kept[-MOST_REMOVED.get(name, len(kept) + 1) :]]


def _has_links(attached: Sequence[Record]) -> bool:
    return any(each.collection.name == EXTERNAL for each in attached)
