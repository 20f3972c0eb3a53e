"""The rest of a deletion that one transaction could not hold: a resumable task.

What was deleted is gone already. A *pass* goes along every trail to it and releases, a portion at a time, who
still names it. Every portion is one transaction, and on a record that does not name anything deleted any more
nothing is done: any number of runners may be at it, each may be stopped anywhere, and the next goes on. As
lists may lag, and a request that has seen the record may be about to store a reference to it, the task is
finished only when a pass that began late enough has found nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from chalicelib import clock
from chalicelib.collections.load import get_catalog
from chalicelib.errors import Overloaded
from chalicelib.observability.logger import logger
from chalicelib.records.release import Releasing, release
from chalicelib.records.removal_state import State, settling, state_of
from chalicelib.records.trails import Trail, find_trails, read_portions
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.due_tasks import (
    DueTask,
    drop_task,
    find_all_tasks,
    find_due_tasks,
    move_task,
    new_due_task,
)
from chalicelib.storage.failures import Conflict, StorageFailure
from chalicelib.storage.records import find_records
from chalicelib.storage.tasks import TaskKind

KIND = "cascade"
# For so long a task is left to whoever has taken it, who stops well before.
LEASE = 15_000
RUN_MILLISECONDS = 10_000
# What there is time for within one request.
MAX_AT_ONCE = 1000
AT_ONCE_MILLISECONDS = 3000
TASKS_AT_ONCE = 25
MOST_DESCRIBED = 100


@dataclass
class Run:
    """How much may be done yet, by number and by time, and the tasks that came up on the way."""

    left: int
    ends: float
    tasks: list[DueTask]

    def is_over(self) -> bool:
        """Whether to stop."""
        return self.left <= 0 or clock.stopwatch() >= self.ends


def new_removal_task(deleted: Sequence[Record]) -> DueTask:
    """The task to release those who name these records, of one collection, which are being deleted."""
    collection, now = deleted[0].collection, clock.unix_milliseconds()
    state = State(collection.id, collection.space, tuple(record.id for record in deleted), now)
    return new_due_task(KIND, now + LEASE, asdict(state))


def run_some(limit: int) -> int:
    """Go on with what is due, for about so many records and look-ups; how many it were."""
    total = 0
    for task in find_due_tasks(KIND, clock.unix_milliseconds(), TASKS_AT_ONCE):
        if total < limit:
            total += _try(task, limit - total)
    return total


def describe() -> list[str]:
    """A line for each task, up to some number."""
    catalog = get_catalog()
    tasks = find_all_tasks(KIND, MOST_DESCRIBED + 1)
    lines = [state_of(task).describe(catalog) for task in tasks[:MOST_DESCRIBED]]
    return lines + ["and more"] * (len(tasks) > MOST_DESCRIBED)


TASK = TaskKind(KIND, run_some, describe)


def go_on_at_once(task: DueTask) -> None:
    """Do what there is time for before a request is answered. Whatever goes wrong, the work is kept."""
    try:
        _go_on(task, Run(MAX_AT_ONCE, clock.stopwatch() + AT_ONCE_MILLISECONDS, []))
    except (StorageFailure, Overloaded):
        logger.exception("the rest of a deletion is left to the next runner", extra={"task": task.name})


def _try(task: DueTask, limit: int) -> int:
    """Take a task and go on with it; how much was done. One that fails is due again after its lease."""
    run = Run(limit, clock.stopwatch() + RUN_MILLISECONDS, [])
    try:
        _go_on(move_task(task, clock.unix_milliseconds() + LEASE, task.state), run)
    except Conflict:  # another runner has it
        return 0
    except (StorageFailure, Overloaded):
        logger.exception("a task cannot go on yet", extra={"kind": KIND, "task": task.name})
    return max(limit - run.left, 1)


def _go_on(task: DueTask, run: Run) -> None:
    """Go on with a task, and with those that come up, until the run is over."""
    run.tasks.append(task)
    while run.tasks and not run.is_over():
        _go_on_with(run.tasks.pop(0), get_catalog(), run)


def _go_on_with(task: DueTask, catalog: Catalog, run: Run) -> None:
    now, state = clock.unix_milliseconds(), state_of(task)
    owner = catalog.find_by_id(state.collection)
    gone = _still_gone(owner, state) if owner else ()
    if owner is None or not gone:
        return drop_task(task)
    if not state.began:
        state = replace(state, began=now, trail=(), sort="", record="", found=0)
    state, is_whole = _pass(owner, replace(state, ids=gone), catalog, run)
    if not is_whole:
        move_task(task, clock.unix_milliseconds(), asdict(state))
    elif not state.found and state.began >= state.late:
        drop_task(task)
    else:
        next_pass = replace(state, began=0)
        move_task(task, max(state.late, now + settling()), asdict(next_pass))
    return None


def _pass(owner: Collection, state: State, catalog: Catalog, run: Run) -> tuple[State, bool]:
    """Along all trails from where it stopped; how far it came, and whether that is the end."""
    for trail in _trails_left(owner, state, catalog):
        if list(state.trail) != trail.name:
            state = replace(state, trail=tuple(trail.name), sort="", record="")
        if run.is_over():
            return state, False
        run.left -= 1  # a look-up that finds nothing is work, too
        releasing = Releasing(trail, catalog, new_removal_task)
        for records, place in read_portions(trail, state.place):
            released = release(records, releasing)
            run.left -= len(records)
            run.tasks += released.tasks
            state = state.after(released.records, place)
            if run.is_over():
                return state, False
    return state, True


def _trails_left(owner: Collection, state: State, catalog: Catalog) -> list[Trail]:
    """Those that are not done with: all of them when the one where it stopped is no more."""
    trails = list(find_trails(owner, state.ids, catalog))
    names = [trail.name for trail in trails]
    return trails[names.index(list(state.trail)) if list(state.trail) in names else 0 :]


def _still_gone(owner: Collection, state: State) -> tuple[str, ...]:
    """The ids that no record has again: who names such a one names the new record."""
    if owner.space != state.space:
        return ()
    there = find_records(owner, state.ids)
    return tuple(each for each in state.ids if each not in there)
