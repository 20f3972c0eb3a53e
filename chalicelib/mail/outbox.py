"""The outbox: mails that wait in the table until they have left.

A mail is written with what causes it, or by itself, so it leaves if and only if that happened, and no answer
waits for a mail server. Whoever sends one (jobs/mail.py) first moves it to the moment of the next try: of
several who see it one has it, and who is killed while sending loses nothing. So a mail is sent at least once;
twice only when the one who has sent it is killed before noting it.

What waits may hold tokens and codes. It goes when it has been sent or given up, and DynamoDB removes what is
left behind.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chalicelib import clock
from chalicelib.mail.message import Message
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
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import ConditionFailed, Conflict
from chalicelib.storage.sent import find_last_sent, sent_write, untaken_checks

KIND = "mail"
# How long to wait after each try that failed, in minutes: given up an hour and a half after the first. The
# shortest is longer than a mail server's slowest refusal takes (smtp.py).
PAUSES = (3, 3, 5, 10, 20, 45)
MINUTE = 60_000
KEPT_SECONDS = 86_400
# Before that the same mail is not posted again.
RESEND_MILLISECONDS = 120_000


def posted(message: Message) -> Planned:
    """What posts a mail, to be put beside the write that causes it."""
    now = clock.unix_milliseconds()
    task = new_due_task(KIND, now, {**asdict(message), "tries": 0}, now // 1000 + KEPT_SECONDS)
    return Planned(task_write(task), Conflict(task.name))


def post(message: Message) -> None:
    """Post a mail that nothing else is written with."""
    get_engine().write_all([posted(message).write])


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


def message_in(task: DueTask) -> Message:
    """The mail that waits."""
    return Message(**{name: str(task.state[name]) for name in ("kind", "to", "subject", "html")})


def tries_of(task: DueTask) -> int:
    """How often somebody has begun to send it."""
    return int(task.state["tries"])


def find_waiting(most: int) -> list[DueTask]:
    """Mails that are to be tried now, what has waited longest first."""
    return find_due_tasks(KIND, clock.unix_milliseconds(), most)


def find_all_waiting(most: int) -> list[DueTask]:
    """All mails that have not left."""
    return find_all_tasks(KIND, most)


def claim(task: DueTask) -> DueTask | None:
    """The mail, for us to send now; None when somebody else does, or nobody may any more (`is_spent`)."""
    tries = tries_of(task)
    state: Mapping[str, Any] = {**task.state, "tries": tries + 1}
    try:
        return move_task(task, clock.unix_milliseconds() + PAUSES[tries] * MINUTE, state)
    except Conflict:
        return None


def is_spent(task: DueTask) -> bool:
    """Whether it was tried as often as it may be."""
    return tries_of(task) >= len(PAUSES)


def forget(task: DueTask) -> None:
    """The mail has left, or is given up."""
    drop_task(task)
