"""Unfinished work that has its time: until then nobody needs to look at it.

The moment is in a task's key, so what is due is found without reading what waits. Whoever goes on with a
task first moves it to a later moment: until then it is left alone, and who stops in between loses nothing.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.frozen import dataclass
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, Holds
from chalicelib.storage.engine import DeleteItem, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict
from chalicelib.storage.items import TaskItem
from chalicelib.storage.queries import Query
from chalicelib.storage.rowids import new_stamp

# A task is written once under each of its names.
_WRITTEN = 1


@dataclass(frozen=True)
class DueTask:
    """Work of a kind and how far it has come; the name begins with the moment at which it is due.

    `expires`: when DynamoDB may remove it whatever became of it, in seconds since 1970; 0 is never.
    """

    kind: str
    name: str
    state: Mapping[str, Any]
    expires: int = 0


def new_due_task(kind: str, due: int, state: Mapping[str, Any], expires: int = 0) -> DueTask:
    """Work that is due at a moment, in milliseconds since 1970. Not stored yet."""
    return DueTask(kind, f"{_moment(due)}-{new_stamp()}", state, expires)


def task_write(task: DueTask) -> WriteItem:
    """What stores a new task, in whatever transaction makes it necessary. Raises ItemTooLarge."""
    item = TaskItem(*_key_of(task), rev=_WRITTEN, ttl=task.expires or None).keep(dict(task.state))
    return WriteItem(item.to_attributes(), Absent())


def find_due_tasks(kind: str, now: int, most: int) -> list[DueTask]:
    """Work that is due, what has waited longest first."""
    first, end = _moment(0), _moment(now + 1)
    return _find(kind, Query(keys.task_key(kind), low=first, high=end, consistent=True, page_size=most))


def find_all_tasks(kind: str, most: int) -> list[DueTask]:
    """Work that is due or waits, what comes first first."""
    return _find(kind, Query(keys.task_key(kind), consistent=True, page_size=most))


def move_task(task: DueTask, due: int, state: Mapping[str, Any]) -> DueTask:
    """Keep how far the work has come, and when to go on. Raises Conflict when another has it by now."""
    moved = new_due_task(task.kind, due, state, task.expires)
    try:
        get_engine().write_all([DeleteItem(_key_of(task), Holds("rev", _WRITTEN)), task_write(moved)])
    except ConditionFailed as failed:
        raise Conflict(task.name) from failed
    return moved


def drop_task(task: DueTask) -> None:
    """Forget work that is finished, unless another has moved it on meanwhile."""
    get_engine().write_all([DeleteItem(_key_of(task))])


def _find(kind: str, wanted: Query) -> list[DueTask]:
    items = [TaskItem.from_attributes(attributes) for attributes in next(get_engine().query(wanted))]
    return [DueTask(kind, item.sk, item.value, int(item.ttl or 0)) for item in items]


def _key_of(task: DueTask) -> tuple[str, str]:
    return keys.task_key(task.kind), task.name


def _moment(milliseconds: int) -> str:
    return f"{milliseconds:013d}"
