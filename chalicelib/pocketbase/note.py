"""How far an import has come: kept in the table, so that it can be gone on with, and is not done twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from chalicelib.schema.collection import Collection
from chalicelib.storage.engine import Write
from chalicelib.storage.tasks import Task, find_tasks, save_task, task_write

KIND = "import"
NAME = "pocketbase"


@dataclass(frozen=True)
class Note:
    """What is imported (`fingerprint`), into which collections, and how far.

    `records` has, by collection id, up to which rowid; `files` up to which file. `is_over`: all is in use.
    `is_replacing`: what was there before goes.
    """

    fingerprint: str
    collections: tuple[Collection, ...] = ()
    records: Mapping[str, int] = field(default_factory=dict)
    files: str = ""
    is_replacing: bool = False
    is_over: bool = False
    rev: int = 0

    def done(self, collection: Collection) -> int:
        """Up to which rowid a collection's records are written."""
        return int(self.records.get(collection.id, -1))

    def up_to(self, collection: Collection, rowid: int) -> Self:
        """The same, further."""
        return replace(self, records={**self.records, collection.id: rowid})


def find_note() -> Note | None:
    """What is known of the last import."""
    found = next((task for task in find_tasks(KIND) if task.name == NAME), None)
    return _read(found) if found else None


def keep_note(note: Note) -> Note:
    """Keep it. Raises Conflict when another import goes on."""
    return replace(note, rev=save_task(_task(note)).rev)


def note_write(note: Note) -> Write:
    """What keeps it, for a transaction."""
    return task_write(_task(note))


def _task(note: Note) -> Task:
    state = {
        "fingerprint": note.fingerprint,
        "collections": _stored(note.collections),
        "records": dict(note.records),
        "files": note.files,
        "replacing": note.is_replacing,
        "over": note.is_over,
    }
    return Task(KIND, NAME, state, note.rev)


def _stored(collections: Sequence[Collection]) -> list[dict[str, Any]]:
    return [each.to_stored() for each in collections]


def _read(task: Task) -> Note:
    state = task.state
    collections = tuple(Collection.from_stored(each) for each in state["collections"])
    return Note(
        state["fingerprint"],
        collections,
        state["records"],
        state["files"],
        state["replacing"],
        state["over"],
        task.rev,
    )
