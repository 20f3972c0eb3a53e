"""``tasks``: work that is kept in the table until it is done: indexes being built, the rest of deletions."""

from chalicelib import clock
from chalicelib.backups.work import go_on_with_backup
from chalicelib.commands.command import CommandFailed, say
from chalicelib.jobs import tasks
from chalicelib.storage.engine import get_engine

PORTION = 1000
PORTION_SECONDS = 5.0
ASK_EVERY = 1.0
# Work waits until all functions know of a changed definition, or for another runner's turn to end.
PATIENCE_MILLISECONDS = 60_000
NOTHING = "Nothing is left to do."


def show_tasks() -> str:
    """The unfinished work, a line for each piece."""
    return "\n".join(tasks.describe_tasks()) or NOTHING


def run_tasks() -> str:
    """Do all of it, telling how far it is. Raises CommandFailed when there is no getting on."""
    total, last, told = 0, clock.stopwatch(), ""
    while left := "\n".join(tasks.describe_tasks()):
        if left != told:
            say(told := left)
        done = tasks.run_tasks(PORTION, PORTION_SECONDS) + go_on_with_backup()
        total += done
        if done:
            last = clock.stopwatch()
        elif clock.stopwatch() - last > PATIENCE_MILLISECONDS:
            raise CommandFailed(f"This cannot go on; the log says why:\n{left}")
        elif tasks.describe_tasks():
            get_engine().pause(ASK_EVERY)
    return f"Done: {total} records written again or removed." if total else NOTHING
