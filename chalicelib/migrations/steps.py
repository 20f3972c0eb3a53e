"""The steps that migrations are made of.

A step is data: what it does, in words, and the function that does it. How far a migration has come is kept
after each step, so what was interrupted is begun again at the first step that is not complete. Changing
records keeps its place within the step, in the transaction that changes them: no record is changed twice.
All the others do no harm when they are repeated.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalicelib.collections.delete import delete_collection as delete_definition
from chalicelib.collections.import_many import import_collections
from chalicelib.collections.load import get_collection, get_newest
from chalicelib.collections.update import update_collection
from chalicelib.errors import NotFound, ValidationFailed
from chalicelib.frozen import dataclass
from chalicelib.migrations.change_records import Change, Say, Wanted, as_superuser, change_all
from chalicelib.migrations.definitions import with_fields, with_indexes, without_fields, without_indexes
from chalicelib.migrations.failures import MigrationFailed, told_as_failure
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.schema.collection import Collection
from chalicelib.storage.migrations import Progress
from chalicelib.storage.records import find_record

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """`words` say what it does and tell it from the others.

    `run` does what is left, tells how far it is, and answers that.
    """

    words: str
    run: Callable[[Progress, Say], Progress]


Steps: TypeAlias = tuple[Step, ...]


def call(words: str, action: Callable[[], object]) -> Step:
    """Anything else. It may be called twice when it is interrupted: that must do no harm."""
    return Step(words, lambda progress, say: _then(action, progress))


def save_collections(*definitions: Json) -> Step:
    """Make these collections, or change those that are there: what is not named stays as it is."""
    names = ", ".join(str(each.get("name")) for each in definitions)
    body = {"collections": list(definitions)}
    return call(f"save collections {names}", lambda: import_collections(body))


def change_collection(name: str, changes: Json) -> Step:
    """Change what is named of a collection; `fields` and `indexes` are whole lists."""
    return call(f"change collection {name}: {', '.join(changes)}", lambda: update_collection(name, changes))


def add_fields(collection: str, *fields: Json) -> Step:
    """Add fields to a collection; one of a name that is there already stays as it is."""
    names = ", ".join(str(each["name"]) for each in fields)
    return call(f"add fields to {collection}: {names}", lambda: _change(collection, with_fields, fields))


def remove_fields(collection: str, *names: str) -> Step:
    """Remove fields from a collection, with their values and the indexes on them."""
    words = f"remove fields from {collection}: {', '.join(names)}"
    return call(words, lambda: _change(collection, without_fields, names))


def add_indexes(collection: str, *statements: str) -> Step:
    """Add indexes to a collection, as CREATE INDEX; one of a name that is there already stays as it is."""
    words = f"add indexes to {collection}: {'; '.join(statements)}"
    return call(words, lambda: _change(collection, with_indexes, statements))


def remove_indexes(collection: str, *names: str) -> Step:
    """Remove indexes from a collection."""
    words = f"remove indexes from {collection}: {', '.join(names)}"
    return call(words, lambda: _change(collection, without_indexes, names))


def delete_collection(name: str) -> Step:
    """Delete a collection with its records; one that is not there is deleted already."""
    return call(f"delete collection {name}", lambda: _delete_definition(name))


def create_records(collection: str, *records: Json) -> Step:
    """Make records of these values; each names its id, and one that is there already stays as it is."""
    if nameless := [each for each in records if not each.get("id")]:
        raise ValueError(f"a record that a migration makes names its id: {nameless[0]}")
    ids = ", ".join(str(each["id"]) for each in records)
    return call(f"create records of {collection}: {ids}", lambda: _create(collection, records))


def delete_records(collection: str, *ids: str) -> Step:
    """Delete records, with all that a delete brings along; one that is not there is deleted already."""
    return call(f"delete records of {collection}: {', '.join(ids)}", lambda: _delete(collection, ids))


def change_records(collection: str, change: Change) -> Step:
    """Change each record of a collection by what `change` makes of its values; None leaves it as it is.

    Values are given as for an update by a superuser (`tags+` adds to tags) and validated like one.
    """
    words = f"change records of {collection} by {change.__name__}"
    return Step(words, lambda progress, say: change_all(Wanted(collection, change, say), progress))


def _then(action: Callable[[], object], progress: Progress) -> Progress:
    with told_as_failure():
        action()
    return progress


def _change(name: str, make: Callable[[Collection, Any], Json], what: object) -> None:
    collection = get_newest().catalog.find(name)
    if collection is None:
        raise MigrationFailed(f"there is no collection {name}")
    update_collection(name, make(collection, what))


def _delete_definition(name: str) -> None:
    if get_newest().catalog.find(name):
        with contextlib.suppress(NotFound):  # others may be at it
            delete_definition(name)


def _create(name: str, records: tuple[Json, ...]) -> None:
    for values in records:
        try:
            create_record(name, as_superuser("POST", values))
        except ValidationFailed:
            if find_record(get_collection(name), str(values["id"])) is None:
                raise


def _delete(name: str, ids: tuple[str, ...]) -> None:
    for record_id in ids:
        with contextlib.suppress(NotFound):
            delete_record(name, record_id, as_superuser("DELETE", {}))
