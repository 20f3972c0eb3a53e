"""A collection's records on their way into a database: portions of them, and what columns hold of each."""

from collections.abc import Iterator, Sequence
from itertools import islice

from chalicelib.filters.access import InInsertionOrder
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.schema.sqlite_values import Stored, value_to
from chalicelib.storage.streams import Reading, stream

PORTION = 500


def read_portions(collection: Collection) -> Iterator[Sequence[Record]]:
    """All records in insertion order, each as it is at that moment."""
    waiting = stream(Reading(collection), InInsertionOrder())
    while portion := list(islice(waiting, PORTION)):
        yield portion


def stored_values(record: Record) -> list[Stored]:
    """What the columns of a record hold, in the order of its collection's fields."""
    return [value_to(field, record.get(field.name)) for field in record.collection.fields]
