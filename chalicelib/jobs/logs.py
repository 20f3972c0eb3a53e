"""Clearing the requests' log: it is empty at once, and what was in it is removed soon."""

from chalicelib.jobs.firing import ask_for
from chalicelib.jobs.schedules import find_schedule
from chalicelib.logs.kept import clear_logs

CLEANUP = "__pbLogsCleanup__"


def clear_and_clean_up() -> None:
    """Show no line so far any more; the job that removes them runs within a minute, in the minute tick."""
    clear_logs()
    schedule = find_schedule(CLEANUP)
    if schedule:
        ask_for(schedule)
