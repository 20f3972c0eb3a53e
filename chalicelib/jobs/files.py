"""Finishing what writes that were cut off have left of their files."""

from chalicelib.collections.load import get_newest
from chalicelib.errors import Overloaded
from chalicelib.files.notes import KIND, drop_notes, find_due_notes, places_in
from chalicelib.files.removal import remove_unnamed
from chalicelib.observability.logger import logger
from chalicelib.storage.due_tasks import DueTask, find_all_tasks
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.tasks import TaskKind

NOTES_AT_ONCE = 25
MOST_DESCRIBED = 100


def sweep_files(limit: int) -> int:
    """Look after about so many files of writes that were cut off; how many it were. 0 when none is left.

    A file stays if its record names it. Any number may be at it, and each may be stopped anywhere.
    """
    notes = find_due_notes(NOTES_AT_ONCE)
    collections = {collection.id: collection for collection in get_newest().catalog} if notes else {}
    total = 0
    for note in notes:
        if total >= limit:
            break
        try:
            remove_unnamed(places_in(note), collections)
            drop_notes([note])
        except (StorageFailure, Overloaded):
            logger.exception("files cannot be removed yet", extra={"kind": KIND, "task": note.name})
            continue
        total += len(places_in(note))
    return total


def describe_notes() -> list[str]:
    """A line for each write whose files are not settled yet, up to some number."""
    notes = find_all_tasks(KIND, MOST_DESCRIBED + 1)
    lines = [_describe(note) for note in notes[:MOST_DESCRIBED]]
    return lines + ["and more"] * (len(notes) > MOST_DESCRIBED)


def _describe(note: DueTask) -> str:
    places = places_in(note)
    return f"{places[0].collection_id}/{places[0].record_id}: {len(places)} files are written or removed"


TASK = TaskKind(KIND, sweep_files, describe_notes)
