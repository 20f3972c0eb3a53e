"""Unfinished work, kept in the table so that anybody can go on with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, Holds
from chalicelib.storage.engine import DeleteItem, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict
from chalicelib.storage.items import TaskItem
from chalicelib.storage.queries import Query


@dataclass(frozen=True)
class Task:
    """Work of a kind, by name: how far it has come. `rev` counts its writes, 0 means not stored yet."""

    kind: str
    name: str
    state: Mapping[str, Any]
    rev: int = 0


def find_tasks(kind: str) -> list[Task]:
    """All unfinished work of a kind, by name."""
    pages = get_engine().query(Query(keys.task_key(kind), consistent=True))
    items = [TaskItem.from_attributes(attributes) for page in pages for attributes in page]
    return [Task(kind, item.sk, item.value, int(item.rev)) for item in items]


def save_task(task: Task) -> Task:
    """Keep how far the work has come. Raises Conflict when somebody else has gone on with it."""
    saved = replace(task, rev=task.rev + 1)
    item = TaskItem(keys.task_key(task.kind), task.name, rev=saved.rev).keep(dict(task.state))
    condition = Holds("rev", task.rev) if task.rev else Absent()
    try:
        get_engine().write_all([WriteItem(item.to_attributes(), condition)])
    except ConditionFailed as failed:
        raise Conflict(task.name) from failed
    return saved


def remove_task(task: Task) -> None:
    """Forget work that is finished or no longer wanted."""
    get_engine().write_all([DeleteItem((keys.task_key(task.kind), task.name))])
