"""New records that hang on an auth record: one-time passwords, half-finished sign-ins, known origins."""

from datetime import timedelta
from typing import Any

from chalicelib import clock
from chalicelib.records.access import MISSING, require_collection
from chalicelib.records.attached import bound_to
from chalicelib.records.save import filled_in, hashed
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.record import Record


def new_attachment(owner: Record, name: str, catalog: Catalog, **values: Any) -> Record:
    """A record of a system collection that belongs to this one; ready to be stored, which it is not yet."""
    collection = require_collection(catalog, name, MISSING)
    empty = {field.name: field.empty for field in collection.fields}
    belongs = {"collectionRef": owner.collection.id, "recordRef": owner.id}
    made = filled_in(Record(collection, {**empty, **belongs, **values}))
    return hashed(bound_to(owner, made))


def is_current(attached: Record, seconds: int) -> bool:
    """Whether it was made no longer ago than this."""
    return str(attached.get("created")) >= clock.to_text(clock.now() - timedelta(seconds=seconds))


def belongs_to(attached: Record, owner: Record) -> bool:
    """Whether it hangs on this auth record."""
    named = (attached.get("collectionRef"), attached.get("recordRef"))
    return named == (owner.collection.id, owner.id)
