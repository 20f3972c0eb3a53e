"""``tasks``: what is left to do for indexes and fields that were added to collections with records."""

from chalicelib.collections.backfill import Work, find_work, run_some
from chalicelib.storage.engine import get_engine

PORTION = 1000
ASK_EVERY = 1.0


def show_tasks() -> str:
    """The unfinished work, a line for each collection."""
    return "\n".join(map(_describe, find_work())) or "Nothing is left to do."


def run_tasks() -> str:
    """Do all of it."""
    total = 0
    while find_work():
        done = run_some(PORTION)
        total += done
        if not done and find_work():  # what was changed a moment ago is not known to everybody yet
            get_engine().pause(ASK_EVERY)
    return f"Done: {total} records written again." if total else "Nothing is left to do."


def _describe(work: Work) -> str:
    names = ", ".join(each.name_in(work.collection.field_by_id) for each in work.collection.building)
    return f"{work.collection.name}: building {names}; {work.done} records done"
