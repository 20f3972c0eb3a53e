"""Bringing stored records under the slots and edges that a collection got since they were written.

Such a slot is *building*: whoever writes a record places it there already, nobody reads through it. The
records that are left are written again as they are, a portion at a time; how far that has come is kept in
the table. Each record is written under the condition that it has not changed, and a portion that is done
twice does no harm: any number of runners may be at it, each may be stopped anywhere, and the next goes on.
When all is done the slots become ready, in the definition.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib import clock
from chalicelib.collections.load import get_newest
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.settling import is_short, settling_seconds
from chalicelib.errors import Overloaded
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.changes import with_all_ready
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import Conflict, StorageFailure, TooManyItems
from chalicelib.storage.records import count_all, find_record, read_some
from chalicelib.storage.tasks import Task, find_tasks, remove_task, save_task
from chalicelib.storage.transactions import Update, write_together

KIND = "backfill"
PORTION = 100
# What there is time for within one request.
MAX_AT_ONCE = 2000
ATTEMPTS = 10


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
        return clock.unix_milliseconds() >= int(self.task.state["since"]) + settling_seconds() * 1000


def find_work() -> list[Work]:
    """What is to be done, by collection. What is kept of work that nobody wants any more is removed."""
    waiting = {_name_of(each): each for each in get_newest().catalog if each.building}
    tasks = {task.name: task for task in find_tasks(KIND)}
    for name in tasks.keys() - waiting.keys():
        remove_task(tasks[name])
    return [Work(each, tasks.get(name) or _new_task(name)) for name, each in waiting.items()]


def run_some(limit: int) -> int:
    """Go on with the work, for about so many records; how many it were. 0 when there is nothing to do now."""
    total = 0
    for found in find_work():
        work: Work | None = found
        while work and total < limit:
            written, work = _go_on(work)
            total += written
    return total


def build_at_once(change: Change) -> list[Collection]:
    """Build what can be built within a request; the collections as they are then.

    Whatever goes wrong, the definitions are saved and the work is there for the next runner.
    """
    changed = list(change.put)
    try:
        small = [each for each in changed if each.building and _is_small(each)]
        if not small or not is_short():
            return changed
        if not change.is_settled:
            get_engine().pause(settling_seconds())
        for each in small:
            _build(each)
    except (StorageFailure, Overloaded):
        return changed
    newest = get_newest().catalog
    return [newest.find_by_id(each.id) or each for each in changed]


def _build(collection: Collection) -> None:
    for shard in range(collection.shards.most):
        records, rowid = read_some(collection, (shard, ""), PORTION)
        while rowid:
            _write_again(records)
            records, rowid = read_some(collection, (shard, rowid), PORTION)
    _mark_ready(collection)


def _is_small(collection: Collection) -> bool:
    try:
        count_all(collection, Budget(MAX_AT_ONCE))
    except BudgetExceeded:
        return False
    return True


def _go_on(work: Work) -> tuple[int, Work | None]:
    """Do one portion; how many records it were, and what is left unless others see to it or nothing is."""
    state = work.task.state
    if not work.is_settled:
        if not work.task.rev:
            _keep(work)
        return 0, None
    records, last = read_some(work.collection, (state["shard"], state["rowid"]), PORTION)
    _write_again(records)
    if last:
        place = {"rowid": last, "done": work.done + len(records)}
    elif state["shard"] + 1 < work.collection.shards.most:
        place = {"rowid": "", "shard": state["shard"] + 1}
    else:
        _mark_ready(work.collection)
        remove_task(work.task)
        return 0, None
    return len(records), _keep(replace(work, task=replace(work.task, state={**state, **place})))


def _keep(work: Work) -> Work | None:
    """The work, kept, with the collection as it is now; None when it is another's or nobody's by now."""
    try:
        task = save_task(work.task)
    except Conflict:
        return None
    newest = next((each for each in get_newest().catalog if each.space == work.collection.space), None)
    return Work(newest, task) if newest and newest.building and _name_of(newest) == task.name else None


def _new_task(name: str) -> Task:
    return Task(KIND, name, {"since": clock.unix_milliseconds(), "shard": 0, "rowid": "", "done": 0})


def _name_of(collection: Collection) -> str:
    """The same as long as the same is being built: what is built anew starts anew."""
    tags = "".join(sorted(each.tag for each in collection.building))
    return f"{collection.space}-{hashlib.sha256(tags.encode()).hexdigest()[:16]}"


def _write_again(records: Sequence[Record]) -> None:
    try:
        write_together([Update(record, record) for record in records])
    except (Conflict, TooManyItems):
        for record in records:
            _write_one_again(record)


def _write_one_again(record: Record) -> None:
    """A record that others are writing, too: it is read again until it is written, or gone."""
    found: Record | None = record
    for _ in range(ATTEMPTS):
        if found is None:
            return
        try:
            write_together([Update(found, found)])
        except Conflict:
            found = find_record(found.collection, found.id)
        else:
            return
    raise Conflict(record.id)


def _mark_ready(built: Collection) -> None:
    save_change(lambda catalog: _ready(built, catalog))


def _ready(built: Collection, catalog: Catalog) -> Change:
    """Unless something else is to be built by now: then all starts anew."""
    found = next((each for each in catalog if each.space == built.space), None)
    is_same = found is not None and _name_of(found) == _name_of(built)
    return Change((with_all_ready(found),)) if found and is_same and found.building else Change()
