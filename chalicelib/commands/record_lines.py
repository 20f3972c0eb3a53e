"""Records as lines of JSON or CSV, and back. Pure.

Passwords and token keys are not among them.
"""

import csv
import json
import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, TextIO, TypeAlias

from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.password import PasswordField
from chalicelib.schema.record import Record
from chalicelib.schema.sqlite_values import whole_text

Writer: TypeAlias = Callable[[Collection, Iterable[Record], TextIO], None]
# A line's number, and what it holds or why it holds nothing.
Line: TypeAlias = tuple[int, Mapping[str, Any] | str]

NO_RECORD = "it is no JSON object"
UNKNOWN = "the collection has no {}"
TWICE = "the first line names {} twice"
# Names that lines may have beside fields': what the API shows with a record, and what a password takes.
BESIDE = frozenset({"collectionId", "collectionName", "expand", "passwordConfirm", "oldPassword"})
LARGEST_CELL = 32 * 1024 * 1024
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
    """A line of names, then one per record; what is no text, number or truth value is written as JSON.

    Lines end as RFC 4180 says, which has cells with either character of that in quotes.
    """
    fields = shown_fields(collection)
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow([field.name for field in fields])
    writer.writerows([_cell(field, record.get(field.name)) for field in fields] for record in records)


def read_jsonl(collection: Collection, source: TextIO) -> Iterator[Line]:
    """The lines that are not empty."""
    exact = {field.name for field in collection.fields if field.type == "json"}
    for number, text in enumerate(source, 1):
        if text.strip():
            found = _object_in(text, exact)
            yield number, (isinstance(found, Mapping) and _find_unknown(collection, found)) or found


def read_csv(collection: Collection, source: TextIO) -> Iterator[Line]:
    """The lines after the names, as objects of texts; only the first, when its names are wrong."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(source)
    names = next(reader, [])
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if wrong := TWICE.format(twice[0]) if twice else _find_unknown(collection, names):
        yield 1, wrong
        return
    for cells in _rows(reader):
        if isinstance(cells, str):
            yield reader.line_num, cells
        elif cells:
            is_even = len(cells) == len(names)
            yield reader.line_num, dict(zip(names, cells, strict=True)) if is_even else UNEVEN


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str] | str]:
    """The cells of each line, or why it has none."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield str(error)


def _find_unknown(collection: Collection, names: Iterable[str]) -> str:
    """What names there are that mean nothing."""
    known = {field.name for field in collection.fields} | BESIDE
    known |= {form.format(field.name) for field in collection.fields for form in field.modifiers}
    return (
        UNKNOWN.format(", ".join(found)) if (found := [each for each in names if each not in known]) else ""
    )


def _is_secret(field: Field, collection: Collection) -> bool:
    return isinstance(field, PasswordField) or (collection.is_auth and field.name == "tokenKey")


def _cell(field: Field, value: Any) -> Any:
    if field.type == "json" or not isinstance(value, str | int | float):
        return whole_text(json.dumps(value, ensure_ascii=False))
    if isinstance(value, str):
        return whole_text(value)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _object_in(text: str, exact: Container[str]) -> Mapping[str, Any] | str:
    """An object; values of the fields that are `exact` as JSON, since what else is text might be decoded."""
    try:
        found = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return NO_RECORD
    if not isinstance(found, Mapping):
        return NO_RECORD
    return {name: json.dumps(value) if name in exact else value for name, value in found.items()}


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


WRITERS: Mapping[str, Writer] = {"jsonl": write_jsonl, "csv": write_csv}
READERS: Mapping[str, Callable[[Collection, TextIO], Iterator[Line]]] = {"jsonl": read_jsonl, "csv": read_csv}
