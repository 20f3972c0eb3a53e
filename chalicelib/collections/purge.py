"""Removing what a deleted collection leaves behind."""

from itertools import islice

from chalicelib.schema.collection import Collection
from chalicelib.storage.failures import Conflict
from chalicelib.storage.portions import in_portions
from chalicelib.storage.records import read_pages
from chalicelib.storage.transactions import Delete, write_together

# What there is time for within one request. The rest cannot be reached: a space is never used again.
MAX_RECORDS = 1000


def purge_records(collection: Collection) -> None:
    """Remove the records of a collection whose definition is gone already, as many as there is time for."""
    records = list(islice((record for page in read_pages(collection) for record in page), MAX_RECORDS))
    for changes in in_portions([Delete(record) for record in records]):
        try:
            write_together(changes)
        except Conflict:  # a copy that does not know of the deletion yet still writes: nobody will read it
            continue
