"""Bringing stored records under what a collection got since they were written: slots, edges, unique indexes.

All that is *building*: whoever writes a record places it there already and claims its values, nobody reads
through it. The records that are left are written again as they are, a portion at a time; how far that has
come is kept in the table. Each record is written under the condition that it has not changed, and a portion
that is done twice does no harm: any number of runners may be at it, each may be stopped anywhere, and the
next goes on. When all is done it becomes ready, in the definition. A unique index that meets two records
with equal values is taken out of the definition, which says so from then on.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from chalicelib import clock
from chalicelib.collections.load import get_newest
from chalicelib.collections.outcome import find_now, mark_ready, name_of, take_out
from chalicelib.collections.rewrite import is_certain, write_again
from chalicelib.collections.settling import longest_settling_seconds
from chalicelib.frozen import dataclass
from chalicelib.schema.building import names_of
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.failures import Conflict, NotUnique
from chalicelib.storage.records import read_some
from chalicelib.storage.tasks import Task, TaskKind, find_tasks, remove_task, run_in_turn, save_task

KIND = "backfill"
PORTION = 100


@dataclass(frozen=True)
class Work:
    """A collection with something to build, and how far that has come."""

    collection: Collection
    task: Task

    @property
    def done(self) -> int:
        """How many records have been written again."""
        return int(self.task.state["done"])

    @property
    def is_settled(self) -> bool:
        """Whether everybody who writes records knows of what is being built."""
        return clock.unix_milliseconds() >= int(self.task.state["since"]) + longest_settling_seconds() * 1000


def find_work() -> list[Work]:
    """What is to be done, by collection. What is kept of work that nobody wants any more is removed."""
    waiting = {name_of(each): each for each in get_newest().catalog if each.unfinished}
    tasks = {task.name: task for task in find_tasks(KIND)}
    for name in tasks.keys() - waiting.keys():
        remove_task(tasks[name])
    return [Work(each, tasks.get(name) or _new_task(name)) for name, each in waiting.items()]


def run_some(limit: int) -> int:
    """Go on with the work, for about so many records; how many it were. 0 when there is nothing to do now."""
    works = {work.task.name: work for work in find_work()}
    return run_in_turn(KIND, {name: partial(_advance, works, name) for name in works}, limit)


def describe_work() -> list[str]:
    """A line for each collection with something to build."""
    return [_describe(work) for work in find_work()]


def read_progress() -> Mapping[str, int]:
    """How many records are done, by the names of the work (outcome.name_of)."""
    return {task.name: int(task.state["done"]) for task in find_tasks(KIND)}


def _describe(work: Work) -> str:
    names = names_of(work.collection.unfinished, work.collection.field_by_id)
    return f"{work.collection.name}: building {', '.join(names)}; {work.done} records done"


def _advance(works: dict[str, Work], name: str) -> int:
    """Do a portion of one collection's work; 0 when it is done, another's, or has to wait."""
    work = works.pop(name, None)
    if work is None:
        return 0
    if not work.is_settled:
        if not work.task.rev:
            _keep(work)
        return 0
    written, left = _go_on(work)
    if left:
        works[name] = left
    return written


def _go_on(work: Work) -> tuple[int, Work | None]:
    """How many records were written, and what is left unless others see to it or nothing is."""
    records, place = _read_next(work)
    try:
        write_again(records)
    except NotUnique as taken:
        if is_certain(records):
            take_out(taken, telling=True)
        return 1, None
    if not place:
        mark_ready(work.collection)
        remove_task(work.task)
        return 0, None
    state = {**work.task.state, **place, "done": work.done + len(records)}
    return max(1, len(records)), _keep(replace(work, task=replace(work.task, state=state)))


def _read_next(work: Work) -> tuple[list[Record], Mapping[str, str | int]]:
    """The next records, and the place after them; no place when all shards are done."""
    state = work.task.state
    rowid = state["rowid"]
    for shard in range(state["shard"], work.collection.shards.most):
        records, last = read_some(work.collection, (shard, rowid), PORTION)
        if last:
            return records, {"shard": shard, "rowid": last}
        rowid = ""
    return [], {}


def _keep(work: Work) -> Work | None:
    """The work, kept, with the collection as it is now; None when it is another's or nobody's by now."""
    try:
        task = save_task(work.task)
    except Conflict:
        return None
    newest = find_now(work.collection, get_newest().catalog)
    return Work(newest, task) if newest and newest.unfinished and name_of(newest) == task.name else None


def _new_task(name: str) -> Task:
    return Task(KIND, name, {"since": clock.unix_milliseconds(), "shard": 0, "rowid": "", "done": 0})


TASK = TaskKind(KIND, run_some, describe_work)
