"""``collections``: keep the collections in a file, and make a stage's collections what the file says."""

import json
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from chalicelib.collections.differences import describe_changed, describe_gone, describe_new
from chalicelib.collections.exported import export_collections
from chalicelib.collections.import_many import import_collections, plan_import
from chalicelib.collections.load import get_newest
from chalicelib.collections.save import Change
from chalicelib.commands.command import Command, CommandFailed, say
from chalicelib.errors import ApiError
from chalicelib.migrations.failures import describe_refusal
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problem, Problems

# What happens to a collection, and to what of it.
Told: TypeAlias = Mapping[str, Sequence[str]]

FILE = "collections.json"
SAME = "There is nothing to change."
HOW_TO_SEND = "(a new provider's secret is never in a pulled file: push a copy that has it, once)"
FATE = re.compile(": (?:changed|deleted|removed)(?=,|$)")
KEPT = "Not in the file, and kept (--delete-missing removes it):"


def pull(wanted: Namespace) -> str:
    """Write all definitions into a file."""
    exported = export_collections(get_newest().catalog)
    text = json.dumps(exported, indent=2, ensure_ascii=False) + "\n"
    file = Path(wanted.file)
    new = file.with_name(file.name + ".new")
    try:
        new.write_text(text)
        new.replace(file)
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}") from error
    return f"{file}: {len(exported)} collections."


def push(wanted: Namespace) -> str:
    """Show what a file changes, and do it unless that is all that is wanted."""
    definitions = _read(Path(wanted.file))
    body = {"collections": definitions, "deleteMissing": wanted.delete_missing}
    try:
        changes = _plan(body)
        kept = {} if wanted.delete_missing else _beyond(changes, _plan({**body, "deleteMissing": True}))
        say("\n".join((*_lines(changes), *_kept_lines(kept))) or SAME)
        if not changes or wanted.dry_run:
            return "Nothing was changed."
        import_collections(body)
    except ApiError as refused:
        raise CommandFailed(f"{wanted.file}: {describe_refusal(refused)}") from refused
    return "\n".join(("Done.", *_building(get_newest().catalog)))


def _read(file: Path) -> list[Any]:
    try:
        definitions = json.loads(file.read_text())
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CommandFailed(f"{file} is not JSON: {error}") from error
    if not isinstance(definitions, list) or not definitions:
        raise CommandFailed(f"{file} should hold a list of collections, as `collections pull` writes it")
    return definitions


def _plan(body: Mapping[str, Any]) -> Told:
    """What an import would change. Raises CommandFailed with all that would be refused."""
    change, problems = plan_import(body)
    by_name = {each.name: each for each in change.put}
    if problems:
        refused = (line for name, found in problems.items() for line in _refusals(by_name[name], found))
        raise CommandFailed("\n".join(("Nothing was changed. The server would refuse:", *refused)))
    return _describe(change, get_newest().catalog)


def _describe(change: Change, catalog: Catalog) -> Told:
    olds = [catalog.find_by_id(new.id) for new in change.put]
    pairs = zip(change.put, olds, strict=True)
    told = [describe_changed(old, new) if old else describe_new(new) for new, old in pairs]
    told += [describe_gone(gone) for gone in change.remove]
    return {head: lines for head, *lines in filter(None, told)}


def _beyond(changes: Told, removals: Told) -> Told:
    """What only the removal of what is missing would change."""
    left = {
        head: [line for line in lines if line not in changes.get(head, ()) and "order of" not in line]
        for head, lines in removals.items()
    }
    return {head: lines for head, lines in left.items() if lines or head not in changes}


def _lines(told: Told) -> list[str]:
    return [line for head, lines in told.items() for line in (head, *lines)]


def _kept_lines(kept: Told) -> list[str]:
    """What is kept: what would be done to it is not said."""
    return [KEPT, *(FATE.sub("", line) for line in _lines(kept))] if kept else []


def _refusals(collection: Collection, problems: Problems, path: str = "") -> Iterator[str]:
    for key, found in problems.items():
        place = f"{path} {_name(collection, path, key)}"
        if isinstance(found, Problem):
            hint = f" {HOW_TO_SEND}" if key == "clientSecret" else ""
            yield f"  {collection.name}:{place}: {found.message}{hint}"
        else:
            yield from _refusals(collection, found, place)


def _name(collection: Collection, path: str, key: str) -> str:
    """A field and an index by name, not by position."""
    listed = {
        " fields": [field.name for field in collection.fields],
        " indexes": [index.name for index in collection.indexes],
    }.get(path, [])
    return listed[int(key)] if key.isdecimal() and int(key) < len(listed) else key


def _building(catalog: Catalog) -> Iterator[str]:
    for each in catalog:
        if each.building:
            names = ", ".join(part.name_in(each.field_by_id) for part in each.building)
            yield f"{each.name}: {names} still being built; `tasks` shows how far that is"


ACTIONS = {"pull": pull, "push": push}


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("file", nargs="?", default=FILE, help=f"default {FILE}")
    parser.add_argument("--dry-run", action="store_true", help="push: show the difference, change nothing")
    parser.add_argument(
        "--delete-missing",
        action="store_true",
        help="push: delete collections and fields that are not in the file, with their data",
    )


def _run(wanted: Namespace) -> str:
    return ACTIONS[wanted.action](wanted)


COMMAND = Command("collections", "write the collections into a file, or apply such a file", _add, _run)
