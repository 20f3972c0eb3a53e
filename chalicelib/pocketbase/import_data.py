"""Bringing a data directory over: all of it is written beside what there is, and then put to use.

Records are written into spaces that no collection has yet, so until the last step nobody sees anything of
them. How far that has come is noted in the table: who was stopped starts again and goes on from there. What
was imported already is not imported twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chalicelib.collections.load import Snapshot, get_newest
from chalicelib.config import get_config
from chalicelib.files.store import get_store
from chalicelib.pocketbase.carry_settings import ELSEWHERE, settings_from
from chalicelib.pocketbase.data_folder import DataFolder
from chalicelib.pocketbase.definitions import LOST, carry
from chalicelib.pocketbase.import_files import import_files, list_files
from chalicelib.pocketbase.import_records import Carried, import_records
from chalicelib.pocketbase.in_the_way import SUPERUSERS, find_data
from chalicelib.pocketbase.note import Note, find_note, keep_note
from chalicelib.pocketbase.report import Report
from chalicelib.pocketbase.switch import begin_note, switch_to
from chalicelib.schema.collection import Collection
from chalicelib.settings.model import Settings

NOT_EMPTY = (
    "This stage has data already ({}). With --replace the import takes its place: all collections, records,"
    " superusers and settings that are there now are removed."
)
CHANGED = (
    "This stage has an import of another directory, or of this one as it was before it changed, or some of"
    " its collections were removed since. With --replace this one takes its place, and what was written here"
    " since is removed."
)
AGAIN = "This directory is imported already: nothing was changed."
GIVEN_UP = (
    "An import that was not finished is given up: it was of another directory, or this one has changed since."
    " This one starts from the beginning. Stop PocketBase as long as its directory is imported."
)
LOGS_STAY = "Logs are not carried."
NO_COLLECTION = "The table {} is not carried: it is no collection's."
NO_SUPERUSERS = (
    "The directory has no superusers: those of this stage stay as they are. If it has none, make one:"
    " python -m chalicelib superuser create EMAIL PASSWORD"
)


class ImportRefused(Exception):
    """Nothing was done: says why, and what to do."""


@dataclass
class Import:
    """One run: what from, whether what is there goes, whom to tell, and what is to be told at the end.

    `has_files`: whether the directory is to have the records' files; else somebody has put them already.
    """

    data: DataFolder
    is_replacing: bool
    tell: Callable[[str], None]
    has_files: bool = True
    report: Report = field(default_factory=Report)


def import_data(wanted: Import) -> list[str]:
    """Bring it all over; the worst of what could not be carried. Raises ImportRefused, DataUnreadable."""
    fingerprint, former = wanted.data.fingerprint(), find_note()
    same = former if former and former.fingerprint == fingerprint else None
    if same and same.is_over and not wanted.is_replacing and _is_in_use(same):
        return [AGAIN, *same.report]
    collections, settings = _carry(wanted)
    if same and not same.is_over:
        note = replace(same, is_replacing=same.is_replacing or wanted.is_replacing)
        _refuse_data(get_newest(), note)
    else:
        note = _begin(wanted, former, Note(fingerprint, collections, is_replacing=wanted.is_replacing))
    note = _write_records(wanted, note, settings)
    note = _write_files(wanted, note, settings)
    strange = _find_strange_files(wanted, note, settings)
    told = wanted.report.shortened()
    switch_to(replace(note, report=tuple(told)), settings, _refuse_data)
    get_store().remove(strange)
    return told


def _carry(wanted: Import) -> tuple[tuple[Collection, ...], Settings]:
    """What the directory's definitions and settings become."""
    definitions = wanted.data.definitions()
    made, told = carry(definitions)
    settings, said = settings_from(wanted.data.settings())
    report, ids = wanted.report, {each.id for each in made}
    report.lost = [str(each["name"]) for each in definitions if each["id"] not in ids]
    if settings.s3.enabled:
        bucket = settings.s3.bucket
        report.first.append(ELSEWHERE.format(bucket, bucket, get_config().bucket))
    report.first += [each for each in told if LOST in each]
    report.first += [NO_COLLECTION.format(each) for each in wanted.data.other_tables()]
    report.rest += [*(each for each in told if LOST not in each), *said, LOGS_STAY]
    if not any(each.name == SUPERUSERS and wanted.data.count(each.name) for each in made):
        report.first.append(NO_SUPERUSERS)
        made = [each for each in made if each.name != SUPERUSERS]
    return tuple(made), settings


def _is_in_use(note: Note) -> bool:
    spaces = _spaces_in_use()
    return all(each.space in spaces for each in note.collections)


def _spaces_in_use() -> set[str]:
    return {each.space for each in get_newest().catalog}


def _begin(wanted: Import, former: Note | None, note: Note) -> Note:
    """Note what is going to be done, unless there is something that it would destroy."""
    in_use = _spaces_in_use()
    unused = [each for each in former.collections if each.space not in in_use] if former else []
    if former and not note.is_replacing and former.is_over and len(unused) < len(former.collections):
        raise ImportRefused(CHANGED)
    _refuse_data(get_newest(), note)
    if former and not former.is_over:
        wanted.tell(GIVEN_UP)
    begun = replace(note, rev=former.rev if former else 0)
    return begin_note(begun, unused if former and not former.is_over else ())


def _refuse_data(snapshot: Snapshot, note: Note) -> None:
    """Raise ImportRefused for what there is, unless it may go."""
    if not note.is_replacing and (found := find_data(snapshot, note)):
        raise ImportRefused(NOT_EMPTY.format(", ".join(found)))


def _write_records(wanted: Import, note: Note, settings: Settings) -> Note:
    looks = wanted.has_files and not settings.s3.enabled
    for collection in (each for each in note.collections if each.type != "view"):
        carried = Carried(collection, wanted.data.storage if looks else None)
        total, done, begun = wanted.data.count(collection.name), 0, note.done(collection)
        for count, rowid in import_records(wanted.data, carried, begun):
            done += count
            if rowid > begun:
                note = keep_note(note.up_to(collection, rowid))
                wanted.tell(f"{collection.name}: {done} of {total} records")
        wanted.report.records += carried.told
        wanted.report.rest += carried.describe_changes()
    return note


def _write_files(wanted: Import, note: Note, settings: Settings) -> Note:
    if settings.s3.enabled:
        return note
    done = 0
    for count, key in import_files(wanted.data.storage, [each.id for each in note.collections], note.files):
        done += count
        note = keep_note(replace(note, files=key))
        wanted.tell(f"{done} files")
    return note


def _find_strange_files(wanted: Import, note: Note, settings: Settings) -> list[str]:
    """The files of what is replaced, under collections that stay: those that are there before it is.

    Those that were brought from PocketBase's bucket are not in the directory: then all stay.
    """
    if not note.is_replacing or settings.s3.enabled or not wanted.data.storage.is_dir():
        return []
    ids = [each.id for each in note.collections]
    kept = set(list_files(wanted.data.storage, ids))
    return [key for each in ids for key in get_store().list_keys(f"{each}/") if key not in kept]
