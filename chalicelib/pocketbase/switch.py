"""Putting imported collections to use: at one stroke, in place of those that were there."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from chalicelib.collections.load import Snapshot, forget, get_newest
from chalicelib.collections.purge import purge_task
from chalicelib.errors import TooManyRequests
from chalicelib.pocketbase.note import Note, definitions_write, find_note, note_write
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.fields.json import JsonField
from chalicelib.schema.fields.text import TextField
from chalicelib.settings.model import Settings
from chalicelib.storage.collections import save_collections, settings_write
from chalicelib.storage.engine import Write, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict
from chalicelib.storage.tasks import task_write

ATTEMPTS = 20
PAUSE = 0.1
# Raises when what is there may not go.
Check: TypeAlias = Callable[[Snapshot, Note], None]

BUSY = "The collections are being changed by others: try again."
# One transaction takes 100 items: these, the note, the settings, the version and what is left to remove.
AT_ONCE = 90


def find_strangers(catalog: Catalog, kept: Iterable[Collection]) -> list[Collection]:
    """The collections that an import does not have and that are not PocketBase's own."""
    ids = {each.id for each in kept}
    return [each for each in catalog if each.id not in ids and not each.system]


def switch_to(note: Note, settings: Settings, check: Check) -> None:
    """Put the note's collections to use, with the settings, and note that it is over; what was there goes.

    Raises TooManyRequests, Conflict when another import has begun, and what `check` raises.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _switch(note, settings, check)
        except Conflict:
            get_engine().pause(random.uniform(0, PAUSE * 2 ** min(attempt, 4)))  # noqa: S311
        now = find_note()
        if now is None or (now.fingerprint, now.collections) != (note.fingerprint, note.collections):
            raise Conflict("import")
        if now.is_over:
            return None
        note = replace(note, rev=now.rev)
    raise TooManyRequests(BUSY)


def begin_note(note: Note, given_up: Sequence[Collection]) -> Note:
    """Keep a note of a new import; the spaces of one that was given up are left to be emptied.

    Raises Conflict when another import has begun.
    """
    writes = [note_write(note), definitions_write(note), *_left([without_files(each) for each in given_up])]
    try:
        get_engine().write_all(writes)
    except ConditionFailed as failed:
        raise Conflict("import") from failed
    return replace(note, rev=note.rev + 1)


def without_files(collection: Collection) -> Collection:
    """The same with names of files as mere texts: emptying its space must not touch files of another."""
    return replace(collection, fields=tuple(_as_text(each) for each in collection.fields))


def _switch(note: Note, settings: Settings, check: Check) -> None:
    """Each transaction writes the note, too, so that no other import has begun meanwhile."""
    snapshot, made = get_newest(), note.collections
    check(snapshot, note)
    version = snapshot.version
    last = len(made) - AT_ONCE
    for start in range(0, last, AT_ONCE):
        portion = made[start : min(start + AT_ONCE, last)]
        beside = [note_write(note), *_left(_replaced(portion, snapshot.catalog))]
        version = save_collections(_stored(portion), (), version, beside)
        note = replace(note, rev=note.rev + 1)
    portion = made[max(last, 0) :]
    gone = find_strangers(snapshot.catalog, made)
    beside = [settings_write(settings.to_stored()), note_write(replace(note, is_over=True))]
    beside += _left([*_replaced(portion, snapshot.catalog), *gone])
    save_collections(_stored(portion), [each.id for each in gone], version, beside)
    forget()


def _replaced(portion: Sequence[Collection], catalog: Catalog) -> list[Collection]:
    """What was there under the same ids: their files may be those of the new ones."""
    found = ((new, catalog.find_by_id(new.id)) for new in portion)
    return [without_files(old) for new, old in found if old and old.space != new.space]


def _left(removed: Sequence[Collection]) -> list[Write]:
    """What notes that spaces are to be emptied."""
    return [task_write(purge_task(removed))] if removed else []


def _stored(collections: Sequence[Collection]) -> list[dict[str, object]]:
    return [each.to_stored() for each in collections]


def _as_text(field: Field) -> Field:
    if not isinstance(field, FileField):
        return field
    kind: type[Field] = JsonField if field.is_multiple else TextField
    return kind(id=field.id, name=field.name)
