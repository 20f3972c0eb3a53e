"""Records and their files, written so that none names a file that is not there.

Files are put before the record is written and removed after the record has let go of them. Before either, a
note is kept of all files concerned (notes.py). When it is certain how the write went, they are looked after
at once; otherwise, as when an answer was lost, what was asked may still be about to happen: the note stays.
"""

from collections.abc import Callable, Iterator, Sequence

from chalicelib.errors import Overloaded
from chalicelib.files.named import files_of, names_in
from chalicelib.files.notes import drop_notes, keep_notes
from chalicelib.files.places import Place
from chalicelib.files.removal import remove_files, remove_unnamed
from chalicelib.files.store import Missing, get_store
from chalicelib.observability.logger import logger
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.file import NewFile
from chalicelib.schema.record import Record
from chalicelib.storage.claims import Planned
from chalicelib.storage.due_tasks import DueTask
from chalicelib.storage.failures import (
    Conflict,
    IdTaken,
    ItemTooLarge,
    NotUnique,
    StorageFailure,
    TooManyItems,
)
from chalicelib.storage.transactions import Change, Create, Delete, Update, write_together

# After these it is certain that the write has not happened and will not.
REFUSALS = (IdTaken, NotUnique, ItemTooLarge, TooManyItems, Missing)
# Each record whose files go takes a look for thumbs: more than so many are left to the job.
RECORDS_AT_ONCE = 25


def write_with_files(changes: Sequence[Change], beside: Sequence[Planned] = ()) -> Sequence[Record]:
    """Write changes together, as `write_together` does, and the files that come and go with them.

    Raises what that raises, Overloaded, and Missing when an upload is gone.
    """
    coming, going = list(_coming_files(changes)), list(_going_files(changes))
    if not coming and not going:
        return write_together(changes, beside)
    places = [*(place for place, _ in coming), *going]
    notes = keep_notes(places)
    try:
        for place, file in coming:
            put_file(place, file)
        written = write_together(changes, beside)
    except Conflict:
        # Whoever starts over puts the same names again. Unless they are known to be gone it must end here,
        # lest a removal that is under way meets the new ones: what is raised instead is no Conflict.
        remove_unnamed(places, _collections(changes))
        drop_notes(notes)
        raise
    except REFUSALS:
        _finish(notes, lambda: remove_unnamed(places, _collections(changes)))
        raise
    if len({place[:2] for place in going}) <= RECORDS_AT_ONCE:
        _finish(notes, lambda: _remove(going, coming))
    return written


def put_file(place: Place, file: NewFile) -> None:
    """Put a file where its record will look for it. Raises Overloaded, and Missing."""
    store, name = get_store(), file.media_type.name
    if file.source is None:
        store.put(place.key, file.content, name, file.original)
    else:
        store.copy(file.source, place.key, name, file.original)


def _remove(going: Sequence[Place], coming: Sequence[tuple[Place, NewFile]]) -> None:
    """Remove what no record names any more, and uploads that have become a record's."""
    if going:
        remove_files(going)
    get_store().remove([file.source.key for _, file in coming if file.source])


def _coming_files(changes: Sequence[Change]) -> Iterator[tuple[Place, NewFile]]:
    for change in changes:
        if isinstance(change, Delete):
            continue
        after = change.after if isinstance(change, Update) else change.record
        for place, name in zip(files_of(after), names_in(after), strict=True):
            if isinstance(name, NewFile):
                yield place, name


def _going_files(changes: Sequence[Change]) -> Iterator[Place]:
    for change in changes:
        if isinstance(change, Create):
            continue
        before = change.before if isinstance(change, Update) else change.record
        kept = set(files_of(change.after)) if isinstance(change, Update) else set()
        yield from (place for place in files_of(before) if place not in kept)


def _collections(changes: Sequence[Change]) -> dict[str, Collection]:
    records = [change.after if isinstance(change, Update) else change.record for change in changes]
    return {record.collection.id: record.collection for record in records}


def _finish(notes: Sequence[DueTask], clean_up: Callable[[], None]) -> None:
    """Clean up, and forget the notes. What does not work now is done later."""
    try:
        clean_up()
        drop_notes(notes)
    except (Overloaded, StorageFailure):
        logger.warning("files are removed later", extra={"notes": [note.name for note in notes]})
