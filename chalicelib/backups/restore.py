"""Restoring a backup: all of it is put beside what there is, and then put to use at one stroke.

Files come first, since nobody asks for one that no record names; records go into spaces that no collection
has yet; one transaction then switches collections and settings. Until then nothing has changed for anybody,
and who is stopped is gone on with from there. What was there before is removed afterwards.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chalicelib import clock
from chalicelib.backups.listing import find_backup, list_files
from chalicelib.backups.opened import Backup, open_backup, unpack_database
from chalicelib.backups.parts import Sending
from chalicelib.backups.turn import BackupFailed, OutOfTime, Turn
from chalicelib.collections.load import get_newest
from chalicelib.files.places import Place
from chalicelib.files.removal import find_named
from chalicelib.files.store import get_store
from chalicelib.observability.logger import logger
from chalicelib.pocketbase.data_folder import DataFolder, DataUnreadable, open_data
from chalicelib.pocketbase.definitions import carry
from chalicelib.pocketbase.import_data import Import, ImportRefused, import_data
from chalicelib.pocketbase.note import find_note
from chalicelib.schema.media import media_type_of
from chalicelib.storage.failures import Conflict
from chalicelib.storage.secrets import SecretMissing

PIECE = 1024 * 1024
AT_ONCE = 100
# Seconds from putting a file to writing its record, at most.
WRITING = 30
GONE = "The backup is not there any more."
SUPERUSERS = "_superusers"
NOT_WHOLE = "The backup cannot be restored whole, so nothing was changed."
MOST_TOLD = 1000
BUSY = "An import is under way: try again when it is over."
UNREADABLE = "The backup's database is not what PocketBase makes."
# What reading definitions that somebody made up can end in.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


def run(turn: Turn) -> None:
    """Restore the backup, or go on with it. Raises BackupFailed, OutOfTime, Conflict, Overloaded."""
    held = find_backup(turn.key)
    if held is None:
        raise BackupFailed(GONE)
    try:
        with open_backup(held) as backup, TemporaryDirectory() as folder:
            unpack_database(backup, Path(folder), turn)
            with open_data(Path(folder)) as data:
                _restore(backup, data, turn)
    except (DataUnreadable, ImportRefused, SecretMissing) as refused:
        raise BackupFailed(str(refused)) from refused
    except OutOfTime:
        turn.note(tries=0)  # it has come further, and goes on from there
        raise


def _restore(backup: Backup, data: DataFolder, turn: Turn) -> None:
    ids = _read_ids(data)
    turn.note(begun=turn.get("begun", clock.unix_milliseconds()))
    if not turn.get("imported"):
        _put_files(backup, ids, turn)
        _import(data, turn)
        turn.keep(imported=True)
    _settle_files(backup, ids, turn)


def _read_ids(data: DataFolder) -> frozenset[str]:
    """The ids of collections with records. Raises BackupFailed unless all of them can be had here.

    A view that cannot be is told later, and no reason to do without the records.
    """
    try:
        definitions = data.definitions()
        made, told = carry(definitions)
    except MALFORMED as error:
        raise BackupFailed(UNREADABLE) from error
    ids = frozenset(each.id for each in made if each.type != "view")
    wanted = {str(each["id"]) for each in definitions if each["type"] != "view"}
    if wanted - ids or not any(each.name == SUPERUSERS for each in made):
        raise BackupFailed(" ".join([NOT_WHOLE, *told])[:MOST_TOLD])
    return ids


def _put_files(backup: Backup, ids: frozenset[str], turn: Turn) -> None:
    """Put the files of collections into the bucket, from the one on that was not put yet."""
    last = str(turn.get("files", ""))
    for key in backup.files:
        if key > last and _is_of(key, ids):
            _put(backup, key, turn)
            turn.note(files=key)
            turn.go_on()


def _is_of(key: str, ids: frozenset[str]) -> bool:
    return key.partition("/")[0] in ids


def _put(backup: Backup, key: str, turn: Turn) -> None:
    beside = backup.read_beside(key)
    with backup.archive.open(backup.files[key]) as source:
        first = source.read(PIECE)
        media_type = _text(beside, "user.content_type") or media_type_of(first).name
        metadata = beside.get("user.metadata")
        original = _text(metadata, "original-filename") if isinstance(metadata, Mapping) else ""
        file = Sending(key, media_type, original)
        while first:
            file.write(first)
            turn.go_on()
            first = source.read(PIECE)
        file.finish()


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) and value.isprintable() else ""


def _import(data: DataFolder, turn: Turn) -> None:
    """Write the records and put them to use, unless that was done by a turn before."""
    note = find_note()
    if "note" not in turn.task.state:
        turn.keep(note=note.rev if note else 0)
    if note and note.is_over and note.rev > int(turn.get("note")):
        return
    try:
        remarks = import_data(Import(data, True, lambda text: turn.go_on(), has_files=False))
    except MALFORMED as error:
        raise BackupFailed(UNREADABLE) from error
    except Conflict as conflict:
        raise BackupFailed(BUSY) from conflict
    for remark in remarks:
        logger.warning("not restored", extra={"backup": turn.key, "reason": remark})


def _settle_files(backup: Backup, ids: frozenset[str], turn: Turn) -> None:
    """Remove files of records that were there before; put again what such records let go of meanwhile.

    A file that was put since may be of a record that was created since: it stays.
    """
    before = datetime.fromtimestamp(turn.get("begun") / 1000 - WRITING, UTC)
    there: set[str] = set()
    for each in sorted(ids):
        found = dict(list_files(f"{each}/"))
        there |= found.keys() & backup.files.keys()
        strange = [key for key in found if key.count("/") > 1 and key not in backup.files]
        get_store().remove([key for key in strange if found[key] < before])
        turn.go_on()
    _put_again(backup, [key for key in backup.files if key not in there and _is_of(key, ids)], turn)


def _put_again(backup: Backup, keys: Sequence[str], turn: Turn) -> None:
    """Put those files that are gone though records name them: who has removed a record wants none of it."""
    places = [Place(*parts) for parts in (key.split("/") for key in keys) if len(parts) == 3]
    collections = {each.id: each for each in get_newest().catalog} if places else {}
    for start in range(0, len(places), AT_ONCE):
        several = places[start : start + AT_ONCE]
        named = find_named(several, collections)
        for place in several:
            if place in named:
                _put(backup, place.key, turn)
            turn.go_on()
