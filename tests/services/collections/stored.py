"""Records for tests of collections: written and counted without rules."""

from chalicelib.collections.load import get_collection
from chalicelib.schema.record import Record
from chalicelib.storage.records import read_pages
from chalicelib.storage.transactions import Create, write_together


def store(collection, record_id, **values):
    """A record of a collection, by the collection's name or itself."""
    found = get_collection(collection) if isinstance(collection, str) else collection
    empty = {field.name: field.empty for field in found.fields}
    (record,) = write_together([Create(Record(found, {**empty, "id": record_id, **values}))])
    return record


def stored(collection):
    """All records of a collection."""
    found = get_collection(collection) if isinstance(collection, str) else collection
    return [record for page in read_pages(found) for record in page]
