"""``export-records``, ``import-records``: one collection's records as lines of JSON or CSV.

Whoever imports is as a superuser who creates a record, or changes the one that has its id: everything is
validated, dates are set, and a line that is refused changes nothing. Lines are read and written one by one.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from chalicelib.collections.load import get_collection
from chalicelib.commands.command import Command, CommandFailed, say
from chalicelib.commands.record_lines import READERS, WRITERS, Line
from chalicelib.errors import ApiError, NotFound
from chalicelib.files.named import file_fields
from chalicelib.filters.access import InInsertionOrder
from chalicelib.migrations.failures import describe_refusal
from chalicelib.records.create import create_record
from chalicelib.records.update import update_record
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.records import find_record
from chalicelib.storage.streams import Reading, stream

TOLD_EVERY = 500
SUPERUSERS = "_superusers"
FILES_STAY = "Files are not in lines of text: {} stay as they are, and are empty in new records."


def export_records(wanted: Namespace) -> str:
    """Write all records of a collection to standard output."""
    collection = _find(wanted.collection)
    WRITERS[wanted.format](collection, stream(Reading(collection), InInsertionOrder()), sys.stdout)
    return ""


def import_records(wanted: Namespace) -> str:
    """Create or change a record for each line of a file. Raises CommandFailed when any was refused."""
    collection, file = _find(wanted.collection), Path(wanted.file)
    kind = wanted.format or ("csv" if file.suffix.lower() == ".csv" else "jsonl")
    try:
        with file.open(encoding="utf-8-sig", newline="" if kind == "csv" else None) as source:
            done, refused = _take_in(collection, READERS[kind](collection, source))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read: {error}") from error
    if names := [field.name for field in file_fields(collection)]:
        say(FILES_STAY.format(", ".join(names)))
    if refused:
        raise CommandFailed(f"{done} records are in; {refused} lines were refused.")
    return f"{done} records are in."


def _take_in(collection: Collection, lines: Iterable[Line]) -> tuple[int, int]:
    done = refused = 0
    for number, found in lines:
        try:
            if isinstance(found, str):
                raise CommandFailed(found)
            _save(collection, found)
        except (ApiError, CommandFailed) as failed:
            refused += 1
            say(f"line {number}: {describe_refusal(failed) if isinstance(failed, ApiError) else failed}")
        else:
            done += 1
            if done % TOLD_EVERY == 0:
                say(f"{done} records")
    return done, refused


def _save(collection: Collection, found: Mapping[str, Any]) -> None:
    skipped = {field.name for field in file_fields(collection)}
    body = {name: value for name, value in found.items() if name not in skipped}
    if collection.is_auth and body.get("password"):
        body.setdefault("passwordConfirm", body["password"])
    given_id = body.get("id")
    if isinstance(given_id, str) and given_id and find_record(collection, given_id):
        update_record(collection.id, given_id, _asking("PATCH", body))
    else:
        create_record(collection.id, _asking("POST", body))


def _asking(method: str, body: Mapping[str, Any]) -> RequestInfo:
    """As a superuser who is none of those that are stored."""
    return RequestInfo(method=method, body=body, auth=Record(get_collection(SUPERUSERS)))


def _find(name: str) -> Collection:
    try:
        return get_collection(name)
    except NotFound as missing:
        raise CommandFailed(f"There is no collection {name}.") from missing


def _add_export(parser: ArgumentParser) -> None:
    parser.add_argument("collection", help="its name or id")
    parser.add_argument("--format", choices=WRITERS, default="jsonl", help="default jsonl")


def _add_import(parser: ArgumentParser) -> None:
    parser.add_argument("collection", help="its name or id")
    parser.add_argument("file")
    parser.add_argument("--format", choices=READERS, default="", help="default: as the file's name says")


EXPORT = Command(
    "export-records", "write a collection's records as JSON Lines or CSV", _add_export, export_records
)
IMPORT = Command(
    "import-records", "create or change records from JSON Lines or CSV", _add_import, import_records
)
