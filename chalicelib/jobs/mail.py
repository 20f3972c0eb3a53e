"""Sending the mails that wait in the outbox; what cannot be sent now is tried again later, for a while."""

from chalicelib import clock
from chalicelib.errors import Overloaded
from chalicelib.mail import outbox
from chalicelib.mail.failures import MailFailed
from chalicelib.mail.send import send_now
from chalicelib.observability.logger import logger
from chalicelib.storage.due_tasks import DueTask
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.tasks import TaskKind

MAILS_AT_ONCE = 10
# Nothing is begun later: the stream's other work waits meanwhile.
SECONDS = 3.0
MOST_DESCRIBED = 100


def send_waiting(limit: int) -> int:
    """Send about so many mails that are due, for some seconds; how many were tried. 0 when none is due."""
    until = clock.stopwatch() + SECONDS * 1000
    tried = 0
    for task in outbox.find_waiting(min(limit, MAILS_AT_ONCE)):
        if clock.stopwatch() > until:
            break
        tried += 1
        _send(task)
    return tried


def describe_waiting() -> list[str]:
    """A line for each mail that has not left, up to some number. Says nothing of what is in it."""
    tasks = outbox.find_all_waiting(MOST_DESCRIBED + 1)
    lines = [f"{task.state['kind']}: tried {outbox.tries_of(task)} times" for task in tasks[:MOST_DESCRIBED]]
    return lines + ["and more"] * (len(tasks) > MOST_DESCRIBED)


def _send(task: DueTask) -> None:
    if outbox.is_spent(task):
        return _give_up(task)  # whoever had the last try was killed in it
    mine = outbox.claim(task)
    if mine is None:
        return None
    try:
        send_now(outbox.message_in(mine))
    except (MailFailed, Overloaded, StorageFailure) as failed:
        return _note_failure(mine, failed)
    return outbox.forget(mine)


def _note_failure(task: DueTask, failed: Exception) -> None:
    facts = {"kind": task.state["kind"], "task": task.name, "tries": outbox.tries_of(task)}
    logger.warning("a mail could not be sent", extra={**facts, "reason": str(failed)})
    if outbox.is_spent(task):
        _give_up(task)


def _give_up(task: DueTask) -> None:
    logger.error("a mail is given up", extra={"kind": task.state["kind"], "task": task.name})
    outbox.forget(task)


TASK = TaskKind(outbox.KIND, send_waiting, describe_waiting)
