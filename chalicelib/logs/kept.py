"""How long the log goes back, clearing it, and removing what nobody sees any more.

What is older than the settings allow is not shown from that moment on, nor is what was there when the log
was cleared; it leaves the table by DynamoDB's own expiry, or before, by the job that cleans up.
"""

from datetime import timedelta

from chalicelib import clock
from chalicelib.logs.entry import lifetime_of
from chalicelib.settings.load import get_settings
from chalicelib.storage.request_logs import LATEST, Span, first_id, remove_logs
from chalicelib.storage.settings import find_setting, save_setting

CLEARED = "logsCleared"
# What is left after that is for the next time.
SECONDS = 600


def kept_span() -> Span:
    """The stretch of the log that is there for its readers."""
    kept_for = lifetime_of(get_settings().logs) // timedelta(milliseconds=1)
    oldest = clock.unix_milliseconds() - kept_for
    end = first_id(LATEST)
    if not kept_for:
        return Span(end, end)
    return Span(max(first_id(oldest), str(find_setting(CLEARED) or "")), end)


def clear_logs() -> None:
    """No line of the log so far is shown any more."""
    save_setting(CLEARED, first_id(clock.unix_milliseconds() + 1))


def remove_hidden() -> int:
    """Remove lines that nobody sees any more; how many were."""
    deadline = clock.stopwatch() + SECONDS * 1000
    removed = 0
    for count in remove_logs(kept_span().low):
        removed += count
        if clock.stopwatch() > deadline:
            break
    return removed
