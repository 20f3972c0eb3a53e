"""Records as lines of JSON or CSV, and back. Pure.

Passwords and token keys are not among them.
"""

import csv
import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, TextIO, TypeAlias

from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.password import PasswordField
from chalicelib.schema.record import Record

Writer: TypeAlias = Callable[[Collection, Iterable[Record], TextIO], None]
# A line's number, and what it holds or why it holds nothing.
Line: TypeAlias = tuple[int, Mapping[str, Any] | str]

NO_RECORD = "it is no JSON object"
UNEVEN = "it has another number of cells than the first line"


def shown_fields(collection: Collection) -> list[Field]:
    """The fields that lines have."""
    return [field for field in collection.fields if not _is_secret(field, collection)]


def write_jsonl(collection: Collection, records: Iterable[Record], sink: TextIO) -> None:
    """A JSON object per line."""
    names = [field.name for field in shown_fields(collection)]
    for record in records:
        sink.write(json.dumps({name: record.get(name) for name in names}) + "\n")


def write_csv(collection: Collection, records: Iterable[Record], sink: TextIO) -> None:
    """A line of names, then one per record; what is no text, number or truth value is written as JSON."""
    fields = shown_fields(collection)
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow([field.name for field in fields])
    writer.writerows([_cell(field, record.get(field.name)) for field in fields] for record in records)


def read_jsonl(collection: Collection, source: TextIO) -> Iterator[Line]:
    """The lines that are not empty."""
    exact = {field.name for field in collection.fields if field.type == "json"}
    for number, text in enumerate(source, 1):
        if text.strip():
            yield number, _object_in(text, exact)


def read_csv(collection: Collection, source: TextIO) -> Iterator[Line]:
    """The lines after the names, as objects of texts."""
    reader = csv.reader(source)
    names = next(reader, [])
    for cells in reader:
        if cells:
            is_even = len(cells) == len(names)
            yield reader.line_num, dict(zip(names, cells, strict=True)) if is_even else UNEVEN


def _is_secret(field: Field, collection: Collection) -> bool:
    return isinstance(field, PasswordField) or (collection.is_auth and field.name == "tokenKey")


def _cell(field: Field, value: Any) -> Any:
    if field.type == "json" or not isinstance(value, str | int | float):
        return json.dumps(value, ensure_ascii=False)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _object_in(text: str, exact: Container[str]) -> Mapping[str, Any] | str:
    """An object; values of the fields that are `exact` as JSON, since what else is text might be decoded."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return NO_RECORD
    if not isinstance(found, Mapping):
        return NO_RECORD
    return {name: json.dumps(value) if name in exact else value for name, value in found.items()}


WRITERS: Mapping[str, Writer] = {"jsonl": write_jsonl, "csv": write_csv}
READERS: Mapping[str, Callable[[Collection, TextIO], Iterator[Line]]] = {"jsonl": read_jsonl, "csv": read_csv}
