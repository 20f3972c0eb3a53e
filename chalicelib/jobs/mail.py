"""Sending the mails that wait in the outbox; what cannot be sent now is tried again later, for a while."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from chalicelib import clock
from chalicelib.errors import Overloaded
from chalicelib.mail import outbox
from chalicelib.mail.failures import MailFailed, Unanswered
from chalicelib.mail.send import send_now
from chalicelib.observability.logger import logger
from chalicelib.observability.metrics import publish_metrics
from chalicelib.storage.due_tasks import DueTask
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.tasks import TaskKind

MAILS_AT_ONCE = 40
# Mails that are on their way at the same time. Many servers take few connections from one client.
SENDERS = 4
# Nothing is begun later: the stream's other work waits meanwhile.
SECONDS = 3.0
MOST_DESCRIBED = 100


def send_waiting(limit: int) -> int:
    """Send about so many mails that are due, for some seconds; how many were tried. 0 when none is due."""
    until = clock.stopwatch() + SECONDS * 1000
    waiting = outbox.find_waiting(min(limit, MAILS_AT_ONCE))
    if not waiting:
        return 0
    with ThreadPoolExecutor(SENDERS) as pool:
        tried = [pool.submit(copy_context().run, _send_in_time, task, until) for task in waiting]
    return sum(each.result() for each in tried)


def describe_waiting() -> list[str]:
    """A line for each mail that has not left, up to some number. Says nothing of what is in it."""
    tasks = outbox.find_all_waiting(MOST_DESCRIBED + 1)
    lines = [f"{task.state['kind']}: tried {outbox.tries_of(task)} times" for task in tasks[:MOST_DESCRIBED]]
    return lines + ["and more"] * (len(tasks) > MOST_DESCRIBED)


def _send_in_time(task: DueTask, until: float) -> bool:
    """Send it, unless the turn is over. What the table refuses to note stands in no other's way."""
    if clock.stopwatch() > until:
        return False
    try:
        _send(task)
    except (Overloaded, StorageFailure):
        logger.exception("what became of a mail could not be noted", extra=_facts(task))
    return True


def _send(task: DueTask) -> None:
    if outbox.is_spent(task):
        return _give_up(task)  # whoever had the last try was killed in it, or nobody came in time
    mine = outbox.claim(task)
    if mine is None:
        return None
    try:
        send_now(outbox.message_in(mine))
    except Exception as failed:  # noqa: BLE001 - whatever is wrong with one mail, the others leave
        return _note_failure(mine, failed)
    return outbox.forget(mine)


def _note_failure(task: DueTask, failed: Exception) -> None:
    # What errors of other kinds say may be anything, the mail's own text too.
    reason = str(failed) if isinstance(failed, MailFailed) else type(failed).__name__
    logger.warning("a mail could not be sent", extra={**_facts(task), "reason": reason})
    if not outbox.put_off(task, isinstance(failed, Unanswered)):
        _give_up(task)


def _give_up(task: DueTask) -> None:
    logger.error("a mail is given up", extra=_facts(task))
    publish_metrics(outbox.KIND, {"JobFailures": 1})
    outbox.forget(task)


def _facts(task: DueTask) -> dict[str, object]:
    return {"kind": task.state["kind"], "task": task.name, "tries": outbox.tries_of(task)}


TASK = TaskKind(outbox.KIND, send_waiting, describe_waiting)
