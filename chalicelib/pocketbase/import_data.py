"""Bringing a data directory over: all of it is written beside what there is, and then put to use.

Records are written into spaces that no collection has yet, so until the last step nobody sees anything of
them. How far that has come is noted in the table: who was stopped starts again and goes on from there. What
was imported already is not imported twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chalicelib.collections.load import get_newest
from chalicelib.config import get_config
from chalicelib.files.store import get_store
from chalicelib.pocketbase.carry_settings import ELSEWHERE, settings_from
from chalicelib.pocketbase.data_folder import DataFolder
from chalicelib.pocketbase.definitions import carry
from chalicelib.pocketbase.import_files import import_files, list_files
from chalicelib.pocketbase.import_records import Carried, import_records
from chalicelib.pocketbase.note import Note, find_note, keep_note
from chalicelib.pocketbase.switch import begin_note, switch_to
from chalicelib.schema.collection import Collection
from chalicelib.settings.model import Settings
from chalicelib.storage.records import read_some

# What everybody starts with, beside PocketBase's own collections.
STARTING = "users"
NOT_EMPTY = (
    "This stage has data already ({}). With --replace the import takes its place: all collections, records,"
    " superusers and settings that are there now are removed."
)
CHANGED = (
    "This stage has an import of another directory, or of this one as it was before it changed. With"
    " --replace this one takes its place, and what was written here since is removed."
)
AGAIN = "This directory is imported already: nothing was changed."
TOLD_SAME = 20
LOGS_STAY = "Logs are not carried."


class ImportRefused(Exception):
    """Nothing was done: says why, and what to do."""


@dataclass
class Import:
    """One run: what from, whether what is there goes, whom to tell, and what is to be told at the end."""

    data: DataFolder
    is_replacing: bool
    tell: Callable[[str], None]
    remarks: list[str] = field(default_factory=list)


def import_data(wanted: Import) -> list[str]:
    """Bring it all over; what could not be carried, a line each. Raises ImportRefused, DataUnreadable."""
    fingerprint = wanted.data.fingerprint()
    former = find_note()
    is_same = former is not None and former.fingerprint == fingerprint
    if former and is_same and former.is_over and not wanted.is_replacing and _is_in_use(former):
        return [AGAIN]
    collections, remarks = carry(wanted.data.definitions())
    settings, said = settings_from(wanted.data.settings())
    wanted.remarks += [*remarks, *said, LOGS_STAY]
    if former and is_same and not former.is_over:
        note = former
        _refuse_data(wanted, note)
    else:
        note = _begin(wanted, former, Note(fingerprint, tuple(collections)))
    note = _write_records(wanted, note)
    note = _write_files(wanted, note, settings)
    if not _is_in_use(note):
        strange = _find_strange_files(wanted, note)
        note = switch_to(note, settings)
        get_store().remove(strange)
    keep_note(replace(note, is_over=True))
    return _shortened(wanted.remarks)


def _is_in_use(note: Note) -> bool:
    spaces = {each.space for each in get_newest().catalog}
    return all(each.space in spaces for each in note.collections)


def _begin(wanted: Import, former: Note | None, note: Note) -> Note:
    """Note what is going to be done, unless there is something that it would destroy."""
    _refuse_data(wanted, former)
    begun = replace(note, is_replacing=wanted.is_replacing, rev=former.rev if former else 0)
    return begin_note(begun, former.collections if former and not former.is_over else ())


def _refuse_data(wanted: Import, note: Note | None) -> None:
    """Raise ImportRefused for what there is, unless it may go or is this very import's."""
    if wanted.is_replacing or (note and note.is_replacing and not note.is_over):
        return
    if note and note.is_over and _is_in_use(note):
        raise ImportRefused(CHANGED)
    spaces = {each.space for each in note.collections} if note else set()
    others = [each for each in get_newest().catalog if not each.system and each.space not in spaces]
    if named := [each.name for each in others if each.name != STARTING or _has_records(each)]:
        raise ImportRefused(NOT_EMPTY.format(", ".join(named)))


def _has_records(collection: Collection) -> bool:
    return any(read_some(collection, (shard, ""), 1)[1] for shard in range(collection.shards.most))


def _write_records(wanted: Import, note: Note) -> Note:
    for collection in note.collections:
        carried, total = Carried(collection), wanted.data.count(collection.name)
        done, begun = 0, note.done(collection)
        for count, rowid in import_records(wanted.data, carried, begun):
            done += count
            if rowid > begun:
                note = keep_note(note.up_to(collection, rowid))
                wanted.tell(f"{collection.name}: {done} of {total} records")
        wanted.remarks += carried.told
    return note


def _write_files(wanted: Import, note: Note, settings: Settings) -> Note:
    if settings.s3.enabled:
        bucket = settings.s3.bucket
        wanted.remarks.append(ELSEWHERE.format(bucket, bucket, get_config().bucket))
        return note
    done = 0
    for count, key in import_files(wanted.data.storage, [each.id for each in note.collections], note.files):
        done += count
        note = keep_note(replace(note, files=key))
        wanted.tell(f"{done} files")
    return note


def _find_strange_files(wanted: Import, note: Note) -> list[str]:
    """The files of what is replaced, under collections that stay: those that are there before it is."""
    if not note.is_replacing or not wanted.data.storage.is_dir():
        return []
    ids = [each.id for each in note.collections]
    kept = set(list_files(wanted.data.storage, ids))
    return [key for each in ids for key in get_store().list_keys(f"{each}/") if key not in kept]


def _shortened(remarks: list[str]) -> list[str]:
    left = len(remarks) - TOLD_SAME
    return remarks if left <= 1 else [*remarks[:TOLD_SAME], f"... and {left} more."]
