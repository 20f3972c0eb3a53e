"""Notes of files that are being written or removed: what tells of them should whoever does it be cut off.

A note is kept before the first file is touched and goes when all is done. One that is still there when no
function can be at it any more is somebody else's work (jobs/files.py): a file stays if its record names it.
"""

from collections.abc import Sequence
from contextlib import suppress

from chalicelib import clock
from chalicelib.files.places import Place
from chalicelib.storage.due_tasks import DueTask, drop_task, find_due_tasks, new_due_task, task_write
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import ConditionFailed

KIND = "files"
# No function runs longer than 15 minutes.
LONGEST_WRITE = 16 * 60 * 1000
# So many are removed in some seconds, and fit into an item of 400 KB many times over.
PLACES_IN_NOTE = 200


def keep_notes(places: Sequence[Place]) -> list[DueTask]:
    """Notes about these files, stored. One is enough for all but the largest writes."""
    due = clock.unix_milliseconds() + LONGEST_WRITE
    portions = [places[start : start + PLACES_IN_NOTE] for start in range(0, len(places), PLACES_IN_NOTE)]
    notes = [new_due_task(KIND, due, {"files": [list(place) for place in each]}) for each in portions]
    for note in notes:
        with suppress(ConditionFailed):  # names are not given twice: a repeated call has met itself
            get_engine().write_all([task_write(note)])
    return notes


def drop_notes(notes: Sequence[DueTask]) -> None:
    """Forget notes: the files are as they should be."""
    for note in notes:
        drop_task(note)


def find_due_notes(most: int) -> list[DueTask]:
    """Notes of whoever was cut off, oldest first."""
    return find_due_tasks(KIND, clock.unix_milliseconds(), most)


def places_in(note: DueTask) -> list[Place]:
    """The files that a note is about."""
    return [Place(*each) for each in note.state["files"]]
