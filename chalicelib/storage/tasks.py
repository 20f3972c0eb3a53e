"""Unfinished work, kept in the table so that anybody can go on with it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from chalicelib import clock
from chalicelib.frozen import dataclass
from chalicelib.observability.logger import logger
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent, Holds
from chalicelib.storage.engine import DeleteItem, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict
from chalicelib.storage.items import TaskItem
from chalicelib.storage.queries import Query

# Does a bounded part of some work; how many records it were, 0 when there is nothing more to do now.
Portion: TypeAlias = Callable[[], int]


@dataclass(frozen=True)
class Task:
    """Work of a kind, by name: how far it has come. `rev` counts its writes, 0 means not stored yet."""

    kind: str
    name: str
    state: Mapping[str, Any]
    rev: int = 0


@dataclass(frozen=True)
class TaskKind:
    """A kind of unfinished work.

    `run_some` goes on with all of it, for about so many records, and answers how many it were: 0 when there
    is nothing to do now. `describe` gives a line for each piece that is left.
    """

    name: str
    run_some: Callable[[int], int]
    describe: Callable[[], list[str]]


def run_in_turn(kind: str, portions: Mapping[str, Portion], limit: int, until: float = math.inf) -> int:
    """Do a portion of each piece of work in turn, by name, until about so many records are done.

    One that fails is logged, and left for the next time: it stands in nobody's way. Nothing is begun after
    the moment `until` of the clock's stopwatch.
    """
    waiting = list(portions)
    total = 0
    while waiting and total < limit and clock.stopwatch() < until:
        name = waiting.pop(0)
        done = _try(kind, name, portions[name])
        total += done
        waiting += [name] if done else []
    return total


def _try(kind: str, name: str, portion: Portion) -> int:
    try:
        return portion()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it stands in nobody's way
        logger.exception("a task cannot go on yet", extra={"kind": kind, "task": name})
        return 0


def find_tasks(kind: str) -> list[Task]:
    """All unfinished work of a kind, by name."""
    pages = get_engine().query(Query(keys.task_key(kind), consistent=True))
    items = [TaskItem.from_attributes(attributes) for page in pages for attributes in page]
    return [Task(kind, item.sk, item.value, int(item.rev)) for item in items]


def save_task(task: Task) -> Task:
    """Keep how far the work has come. Raises Conflict when somebody else has gone on with it."""
    try:
        get_engine().write_all([task_write(task)])
    except ConditionFailed as failed:
        raise Conflict(task.name) from failed
    return replace(task, rev=task.rev + 1)


def task_write(task: Task) -> WriteItem:
    """What keeps it, for a transaction with what makes the work: nobody may have gone on with it since."""
    item = TaskItem(keys.task_key(task.kind), task.name, rev=task.rev + 1).keep(dict(task.state))
    return WriteItem(item.to_attributes(), Holds("rev", task.rev) if task.rev else Absent())


def remove_task(task: Task) -> None:
    """Forget work that is finished or no longer wanted."""
    get_engine().write_all([DeleteItem((keys.task_key(task.kind), task.name))])
