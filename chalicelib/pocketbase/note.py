"""How far an import has come: kept in the table, so that it can be gone on with, and is not done twice."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Self

from chalicelib.frozen import dataclass
from chalicelib.schema.collection import Collection
from chalicelib.storage.engine import Write
from chalicelib.storage.tasks import Task, find_tasks, save_task, task_write

KIND = "import"
NAME = "pocketbase"
# The definitions have a place of their own: they do not change while the note does.
DEFINITIONS = "pocketbase-collections"
# SQLite's rows have numbers from here on.
BEFORE_ALL = -(2**63) - 1


@dataclass(frozen=True)
class Note:
    """What is imported (`fingerprint`), into which collections, and how far.

    `records` has, by collection id, up to which rowid; `files` up to which file. `is_over`: all is in use.
    `is_replacing`: what was there before goes. `report`: the worst of what could not be carried.
    """

    fingerprint: str
    collections: tuple[Collection, ...] = ()
    records: Mapping[str, int] = field(default_factory=dict)
    files: str = ""
    is_replacing: bool = False
    is_over: bool = False
    rev: int = 0
    report: tuple[str, ...] = ()

    def done(self, collection: Collection) -> int:
        """Up to which rowid a collection's records are written."""
        return int(self.records.get(collection.id, BEFORE_ALL))

    def up_to(self, collection: Collection, rowid: int) -> Self:
        """The same, further."""
        return replace(self, records={**self.records, collection.id: rowid})


def find_note() -> Note | None:
    """What is known of the last import."""
    found = {task.name: task for task in find_tasks(KIND)}
    made = found[DEFINITIONS].state["collections"] if DEFINITIONS in found else ()
    return _read(found[NAME], made) if NAME in found else None


def keep_note(note: Note) -> Note:
    """Keep how far it is. Raises Conflict when another import goes on."""
    return replace(note, rev=save_task(_task(note)).rev)


def note_write(note: Note) -> Write:
    """What keeps it, for a transaction."""
    return task_write(_task(note))


def definitions_write(note: Note) -> Write:
    """What keeps the collections of a new import, in the transaction that begins it."""
    stored = [each.to_stored() for each in note.collections]
    return replace(task_write(Task(KIND, DEFINITIONS, {"collections": stored})), condition=None)


def _task(note: Note) -> Task:
    state = {
        "fingerprint": note.fingerprint,
        "records": dict(note.records),
        "files": note.files,
        "replacing": note.is_replacing,
        "over": note.is_over,
        "report": list(note.report),
    }
    return Task(KIND, NAME, state, note.rev)


def _read(task: Task, made: Sequence[Mapping[str, Any]]) -> Note:
    state = task.state
    return Note(
        state["fingerprint"],
        tuple(Collection.from_stored(each) for each in made),
        state["records"],
        state["files"],
        state["replacing"],
        state["over"],
        task.rev,
        tuple(state.get("report", ())),
    )
