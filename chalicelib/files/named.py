"""Which files a record names."""

from collections.abc import Iterator

from chalicelib.files.places import Place
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.fields.many import list_texts
from chalicelib.schema.record import Record


def files_of(record: Record) -> Iterator[Place]:
    """Where the files of a record are."""
    for name in names_in(record):
        yield Place(record.collection.id, record.id, name)


def names_in(record: Record) -> list[str]:
    """The names of a record's files, field by field."""
    return [name for field in file_fields(record.collection) for name in list_texts(record.get(field.name))]


def file_fields(collection: Collection) -> list[FileField]:
    """The fields that hold files."""
    return [field for field in collection.fields if isinstance(field, FileField)]
