"""Removes what belongs to a sign-in and has outlived it: one-time passwords, half-finished sign-ins.

They are read in the order in which they were made, which puts those that have expired first: reading stops at
a page that ends with one that is too young for any collection. Each is deleted by itself, under the condition
that nobody has changed it, so that any number of these may run at once and each may be stopped anywhere.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.collections.load import get_newest
from chalicelib.observability.logger import logger
from chalicelib.records.cascade import RequiredReference, plan_removal
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.auth_options import AuthOptions
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.failures import Conflict, TooManyItems
from chalicelib.storage.records import read_some
from chalicelib.storage.transactions import write_together

PORTION = 100
# What is left after that is for the next hour.
SECONDS = 600
DURATIONS: Mapping[str, Callable[[AuthOptions], int]] = {
    "_mfas": lambda options: options.mfa.duration,
    "_otps": lambda options: options.otp.duration,
}


def remove_expired(name: str) -> int:
    """Delete the records of this collection whose time is over; how many were."""
    catalog = get_newest().catalog
    collection = catalog.find(name)
    if collection is None:
        return 0
    limits = _limits(name, catalog, clock.now())
    deadline = clock.stopwatch() + SECONDS * 1000
    removed = 0
    for record in _oldest(collection, max(limits.values(), default="")):
        if record.get("created") < limits.get(record.get("collectionRef"), "~"):
            removed += _remove(record, catalog)
        if clock.stopwatch() > deadline:
            break
    return removed


def _limits(name: str, catalog: Catalog, now: datetime) -> dict[str, str]:
    """By collection, since when what was made is still good. What belongs to no collection never is."""
    duration = DURATIONS[name]
    return {
        each.id: clock.to_text(now - timedelta(seconds=duration(each.auth)))
        for each in catalog
        if each.auth is not None
    }


def _oldest(collection: Collection, youngest: str) -> Iterator[Record]:
    """Records in the order of insertion, up to a page that ends with one made after `youngest`."""
    for shard in range(collection.shards.most):
        records, rowid = read_some(collection, (shard, ""), PORTION)
        while rowid:
            yield from records
            if records and records[-1].get("created") >= youngest:
                break
            records, rowid = read_some(collection, (shard, rowid), PORTION)


def _remove(record: Record, catalog: Catalog) -> bool:
    try:
        write_together(plan_removal([record], RelatedRecords(catalog)))
    except Conflict:
        return False  # somebody else has removed or renewed it
    except (RequiredReference, TooManyItems):
        logger.warning("an expired record is held by others", extra={"record": record.id})
        return False
    return True
