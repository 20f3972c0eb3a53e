"""The one backup or restore that is under way: who is at it, and for how long he may be.

It is noted in the table, so there is one at a time on a stage. Who is at it says so again every few seconds;
when he has not for a while, whoever comes by takes it over.
"""

from dataclasses import replace
from typing import Any

from chalicelib import clock
from chalicelib.errors import BadRequest
from chalicelib.storage.failures import Conflict
from chalicelib.storage.tasks import Task, find_tasks, remove_task, save_task

KIND = "backup"
NAME = "now"
MAKE, RESTORE = "make", "restore"
BUSY = "Try again later - another backup/restore process has already been started."
LEASE = 60_000
SAY_EVERY = 10_000


class BackupFailed(Exception):
    """It cannot be made or restored, however often it is tried. The text is for superusers."""


class OutOfTime(Exception):
    """There is no time left for it here: another goes on."""


class TakenOver(Exception):
    """Another is at it: nothing more may be done here."""


class Turn:
    """Somebody's turn at it. `until`: the moment of the clock's stopwatch when his time is over."""

    def __init__(self, task: Task, until: float) -> None:
        self.task = task
        self.until = until
        self._said = clock.stopwatch()

    @property
    def key(self) -> str:
        """The backup's name."""
        return str(self.task.state["key"])

    def get(self, name: str, default: Any = None) -> Any:
        """Something that was kept about how far it has come."""
        return self.task.state.get(name, default)

    def go_on(self) -> None:
        """To be called every second or so. Raises OutOfTime, TakenOver."""
        if clock.stopwatch() > self.until:
            raise OutOfTime
        if clock.stopwatch() - self._said > SAY_EVERY:
            self.keep()

    def keep(self, **state: Any) -> None:
        """Keep how far it has come. Raises TakenOver."""
        self._save({**state, "until": clock.unix_milliseconds() + LEASE})

    def note(self, **state: Any) -> None:
        """The same, with the next time that it is kept."""
        self.task = replace(self.task, state={**self.task.state, **state})

    def leave(self) -> None:
        """Let anybody go on. Raises TakenOver."""
        self._save({"until": 0})

    def end(self) -> None:
        """It is over."""
        remove_task(self.task)

    def _save(self, state: dict[str, Any]) -> None:
        try:
            self.task = save_task(replace(self.task, state={**self.task.state, **state}))
        except Conflict as conflict:
            raise TakenOver from conflict
        self._said = clock.stopwatch()


def find_work() -> Task | None:
    """What is under way."""
    return next((task for task in find_tasks(KIND) if task.name == NAME), None)


def refuse_busy() -> None:
    """Raise BadRequest when something is under way."""
    if find_work():
        raise BadRequest(BUSY)


def begin(action: str, key: str, seconds: float) -> Turn:
    """Note that a backup is going to be made or restored; the first turn at it. Raises BadRequest."""
    state = {"action": action, "key": key, "until": clock.unix_milliseconds() + LEASE, "tries": 1}
    try:
        task = save_task(Task(KIND, NAME, state))
    except Conflict as conflict:
        raise BadRequest(BUSY) from conflict
    return Turn(task, clock.stopwatch() + seconds * 1000)


def take_over(seconds: float) -> Turn | None:
    """A turn at what nobody is at; None when there is nothing."""
    task = find_work()
    if task is None or int(task.state["until"]) > clock.unix_milliseconds():
        return None
    turn = Turn(task, clock.stopwatch() + seconds * 1000)
    try:
        turn.keep(tries=int(turn.get("tries")) + 1)
    except TakenOver:
        return None
    return turn


def describe_work() -> list[str]:
    """A line for what is under way."""
    task = find_work()
    doing = {MAKE: "is being made", RESTORE: "is being restored"}
    return [f"backup {task.state['key']}: {doing[task.state['action']]}"] if task else []
