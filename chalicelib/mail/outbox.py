"""The outbox: mails that wait in the table until they have left.

A mail is written with what causes it, or by itself, so it is there if and only if that happened, and no
answer waits for a mail server. Whoever sends one (jobs/mail.py) first moves it on by some minutes: of several
who see it one has it, and who is killed while sending loses nothing. So a mail is sent at least once, or
given up and logged as such. It is sent twice when its sender was killed, or could not reach the table,
between sending and noting that; or when a server took it without saying so: after that it is tried once
more, not again and again.

What waits may hold tokens and codes. It goes when it has been sent, or given up, or they are void. DynamoDB
removes what is left behind.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chalicelib import clock
from chalicelib.mail.message import Message
from chalicelib.observability.logger import logger
from chalicelib.storage.claims import Planned
from chalicelib.storage.due_tasks import (
    DueTask,
    drop_task,
    find_all_tasks,
    find_due_tasks,
    move_task,
    new_due_task,
    task_write,
)
from chalicelib.storage.engine import Write, get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict, ItemTooLarge
from chalicelib.storage.sent import find_last_sent, sent_removal, sent_write, untaken_checks

KIND = "mail"
SECOND = 1000
# How long to wait after each try that failed, in seconds: the last is an hour and a half after the first.
PAUSES = (15, 60, 240, 600, 1200, 3600)
MOST_TRIES = len(PAUSES) + 1
# Nobody else has it meanwhile: longer than any try takes.
CLAIMED_SECONDS = 120
# Somebody waits for a code: it goes before other mails that are due, unless they have waited for so long.
URGENT, HEAD_START_SECONDS = ("otp",), 600
KEPT_SECONDS = 86_400
# Before that the same mail is not posted again.
RESEND_MILLISECONDS = 120_000


def posted(message: Message) -> Planned:
    """What posts a mail, to be put beside the write that causes it.

    One that is too large to wait in the table refuses nobody a sign-in, and tells nobody who exists: it is
    logged, and a write that writes nothing and costs as much stands for it.
    """
    now = clock.unix_milliseconds()
    due = now - HEAD_START_SECONDS * SECOND * (message.kind in URGENT)
    task = new_due_task(KIND, due, {**asdict(message), "tries": 0}, now // SECOND + KEPT_SECONDS)
    return Planned(_write_of(task), Conflict(task.name))


def _write_of(task: DueTask) -> Write:
    try:
        return task_write(task)
    except ItemTooLarge:
        logger.error("a mail is too large to be sent", extra={"kind": task.state["kind"]})
        return untaken_checks(1)[0]


def post_once(name: str, message: Message, is_meant: bool) -> None:
    """Post a mail that is meant, unless one of this name was posted in the last two minutes.

    When nothing is posted the database is asked as often, for a transaction as large that writes nothing: how
    long it takes tells nobody whether a mail leaves.
    """
    now, last = clock.unix_milliseconds(), find_last_sent(name)
    mail = posted(message).write
    is_due = is_meant and now - last >= RESEND_MILLISECONDS
    try:
        get_engine().write_all([sent_write(name, last, now), mail] if is_due else untaken_checks(2))
    except ConditionFailed:
        return  # another function has posted it just now


def postable(name: str) -> Planned:
    """What lets the next mail of this name be posted at once, to be put beside a write."""
    return Planned(sent_removal(name), Conflict(name))


def message_in(task: DueTask) -> Message:
    """The mail that waits."""
    kind, to, subject, html = (str(task.state[name]) for name in ("kind", "to", "subject", "html"))
    return Message(kind, to, subject, html, _expiry_of(task))


def tries_of(task: DueTask) -> int:
    """How often somebody has begun to send it."""
    return int(task.state["tries"])


def find_waiting(most: int) -> list[DueTask]:
    """Mails that are to be tried now: codes to sign in with first, then what has waited longest."""
    return find_due_tasks(KIND, clock.unix_milliseconds(), most)


def find_all_waiting(most: int) -> list[DueTask]:
    """All mails that have not left."""
    return find_all_tasks(KIND, most)


def claim(task: DueTask) -> DueTask | None:
    """The mail, for us to send now; None when somebody else does."""
    state: Mapping[str, Any] = {**task.state, "tries": tries_of(task) + 1}
    try:
        return move_task(task, clock.unix_milliseconds() + CLAIMED_SECONDS * SECOND, state)
    except Conflict:
        return None


def put_off(task: DueTask, may_have_left: bool) -> bool:
    """Let a mail that we have claimed wait for its next try; False when there is to be none.

    There is one more for a mail that may have left: it is better sent twice than lost, but not seven times.
    """
    due = clock.unix_milliseconds() + PAUSES[min(tries_of(task), len(PAUSES)) - 1] * SECOND
    if is_spent(task) or _is_void(task, due):
        return False
    state = {**task.state, "tries": MOST_TRIES - 1} if may_have_left else task.state
    move_task(task, due, state)
    return True


def is_spent(task: DueTask) -> bool:
    """Whether it was tried as often as it may be, or is no use any more."""
    return tries_of(task) >= MOST_TRIES or _is_void(task, clock.unix_milliseconds())


def forget(task: DueTask) -> None:
    """The mail has left, or is given up."""
    drop_task(task)


def _is_void(task: DueTask, moment: int) -> bool:
    return 0 < _expiry_of(task) <= moment


def _expiry_of(task: DueTask) -> int:
    return int(task.state.get("expires", 0))
