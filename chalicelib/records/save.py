"""Storing records: what is filled in, hashed and renewed on the way, and what is removed along with it."""

from collections.abc import Mapping, Sequence
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
from chalicelib.storage.transactions import Change, Create, Delete, Update

# What a changed value of an auth record makes worthless.
OUTDATED_BY: Mapping[str, Sequence[str]] = {
    "email": (OTPS,),
    "verified": (EXTERNAL,),
    "password": (MFAS, OTPS, ORIGINS),
}


def save_new(record: Record) -> Record:
    """Store a record that does not exist yet; answers it as stored. Raises IdTaken and NotUnique."""
    return write_with_files([Create(hashed(filled_in(record)))])[0]


def save_changed(before: Record, after: Record) -> Record:
    """Store a record in place of the one that was read; answers it as stored.

    Raises Conflict when somebody else was faster, and NotUnique.
    """
    return write_with_files(plan_changed(before, after))[0]


def plan_changed(before: Record, after: Record) -> list[Change]:
    """What storing a record in place of another takes: itself, and what is void after it."""
    changed = Update(before, hashed(renewed(before, after)))
    return [changed, *(Delete(each) for each in _outdated(before, after))]


def filled_in(record: Record) -> Record:
    """A new record with everything that is not submitted: id, dates, generated texts."""
    values = fill_new(record.collection, record.values, clock.to_text(clock.now()))
    return replace(record, values=values | _always(record.collection))


def renewed(before: Record, after: Record) -> Record:
    """A changed record with its dates moved on, and its tokens made void if they must be."""
    now = clock.to_text(clock.now())
    values = fill_changed(after.collection, after.values, now) | _always(after.collection)
    if _voids_tokens(before, after):
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


def _voids_tokens(before: Record, after: Record) -> bool:
    """Whether a new e-mail or password ends all sessions, unless this save sets another tokenKey itself."""
    return (
        after.collection.is_auth
        and bool({"email", "password"} & _changed(before, after))
        and before.get("tokenKey") == after.get("tokenKey")
    )


def _changed(before: Record, after: Record) -> set[str]:
    return {name for name in OUTDATED_BY if before.get(name) != after.get(name)}


def _outdated(before: Record, after: Record) -> list[Record]:
    if not after.collection.is_auth:
        return []
    names = {name for value in _changed(before, after) for name in OUTDATED_BY[value]}
    return find_attached(after, sorted(names), RelatedRecords()) if names else []
