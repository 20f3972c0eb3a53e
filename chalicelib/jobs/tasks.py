"""All kinds of unfinished work that is kept in the table, and going on with it.

Whoever has time calls `run_tasks`: the stream's function, a schedule, the command line, `make run`. Any
number of them may at once, each may be stopped anywhere.
"""

from chalicelib import clock
from chalicelib.backups.turn import describe_work
from chalicelib.collections import backfill, purge
from chalicelib.jobs import files, mail
from chalicelib.records import removal_task
from chalicelib.storage.tasks import Portion, TaskKind, run_in_turn

KINDS: tuple[TaskKind, ...] = (backfill.TASK, removal_task.TASK, purge.TASK, files.TASK, mail.TASK)
TASKS = {kind.name: kind for kind in KINDS}
# How many records of one kind are done before the next kind has its turn.
TURN = 100


def run_tasks(limit: int, seconds: float) -> int:
    """Go on with all work, for about so many records and not much longer than this; how many it were.

    0 when there is nothing to do now. A kind that fails is logged, and stands in no other's way.
    """
    until = clock.stopwatch() + seconds * 1000
    turns = {name: _turn_of(kind) for name, kind in TASKS.items()}
    return run_in_turn("all", turns, limit, until)


def describe_tasks() -> list[str]:
    """A line for each piece of work that is left."""
    return [*(line for kind in TASKS.values() for line in kind.describe()), *describe_work()]


def _turn_of(kind: TaskKind) -> Portion:
    return lambda: kind.run_some(TURN)
