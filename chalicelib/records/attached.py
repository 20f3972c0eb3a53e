"""What hangs on an auth record: pending second factors, one-time passwords, linked accounts, known origins.

They name it by ``collectionRef`` and ``recordRef``, two texts, not by a relation.

A changed password or address makes codes and half-finished sign-ins worthless, however many there are and
whatever is made at that very moment: each keeps a print of the value of its owner's that it depends on, its
bond, and is good only while its owner has that value.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.filters import Node, all_of, having
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import ATTACHED
from chalicelib.schema.problems import Problem, Problems
from chalicelib.schema.providers import PROVIDERS
from chalicelib.schema.record import Record

MFAS, OTPS, EXTERNAL, ORIGINS = ATTACHED
# Which value of the owner's they depend on: whatever makes codes worthless gives a new tokenKey.
BOUND_BY: Mapping[str, str] = {OTPS: "tokenKey", MFAS: "password"}
BOND_LENGTH = 16

NO_AUTH_COLLECTION = Problem("validation_invalid_collection_id", "Missing or invalid collection.")
NO_RECORD = Problem("validation_invalid_record", "Missing or invalid record.")
NO_PROVIDER = Problem("validation_in_invalid", "Must be a valid value.")


def find_attached(record: Record, names: Iterable[str], related: RelatedRecords) -> list[Record]:
    """The records of these system collections that hang on an auth record."""
    owner = {"collectionRef": record.collection.id, "recordRef": record.id}
    collections = [found for name in names if (found := related.catalog.find(name))]
    return [each for found in collections for each in related.look_up(found, _naming(owner, found))]


def bound_to(owner: Record, attached: Record) -> Record:
    """The same, bound to what its owner has now, if its kind is."""
    name = BOUND_BY.get(attached.collection.name)
    return replace(attached, bond=_print_of(str(owner.get(name) or ""))) if name else attached


def is_bound(attached: Record, owner: Record) -> bool:
    """Whether the owner still has what this depends on."""
    return attached.bond == bound_to(owner, attached).bond


def with_owner(record: Record, related: RelatedRecords) -> Record:
    """A new record that somebody submitted, bound to its owner if it is of these collections."""
    if record.collection.name not in BOUND_BY:
        return record
    collection = related.catalog.find(str(record.get("collectionRef")))
    owner = related.find(collection, str(record.get("recordRef"))) if collection else None
    return bound_to(owner, record) if owner else record


def check_attachment(record: Record, related: RelatedRecords) -> Problems:
    """What is wrong with what a record of these collections hangs on, and with the provider it names."""
    if record.collection.name not in ATTACHED:
        return {}
    return {**_check_owner(record, related), **_check_provider(record)}


def _print_of(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:BOND_LENGTH]


def _naming(owner: Mapping[str, str], collection: Collection) -> Node:
    fields = collection.field_by_name
    return all_of(having(fields[name], value) for name, value in owner.items())


def _check_owner(record: Record, related: RelatedRecords) -> Problems:
    collection = related.catalog.find(str(record.get("collectionRef")))
    if collection is None or not collection.is_auth or collection.id != record.get("collectionRef"):
        return {"collectionRef": NO_AUTH_COLLECTION}
    return {} if related.by_ids(collection, [str(record.get("recordRef"))]) else {"recordRef": NO_RECORD}


def _check_provider(record: Record) -> Problems:
    is_link = record.collection.name == EXTERNAL
    return {"provider": NO_PROVIDER} if is_link and record.get("provider") not in PROVIDERS else {}
