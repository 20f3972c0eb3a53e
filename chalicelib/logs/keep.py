"""Keeping requests in the log, beside their answers: what goes wrong here is nobody's failure.

It is done before the answer leaves, since a Lambda function does nothing after it: one write of a unit, not
repeated. When one fails this process keeps none for a moment, so that a database in trouble delays one
answer and not all of them.
"""

from collections.abc import Callable

from chalicelib import clock
from chalicelib.collections.load import get_snapshot, peek_snapshot
from chalicelib.errors import Overloaded
from chalicelib.logs.entry import Entry, Seen, entry_of, is_kept, lifetime_of
from chalicelib.observability.logger import logger
from chalicelib.settings.load import settings_of
from chalicelib.settings.model import Logs
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.request_logs import StoredLog, new_log_id, save_log

# A function that loads no settings for its own work looks so often whether they have changed.
SETTINGS_SECONDS = 60
SILENT_MILLISECONDS = 10_000


class _Memory:
    """Until when nothing is kept, after a failure."""

    def __init__(self) -> None:
        self.silent_until = 0.0


_memory = _Memory()


def keep_request(look: Callable[[], Seen]) -> None:
    """Store the line about a request, if the settings want it. Never raises, whatever looking raises."""
    if clock.stopwatch() < _memory.silent_until:
        return
    try:
        seen, settings = look(), _get_settings()
        if is_kept(seen, settings):
            save_log(_placed(entry_of(seen, settings), settings))
    except (Overloaded, StorageFailure):
        keep_none_for(SILENT_MILLISECONDS)
        logger.warning("requests are not kept for a moment", exc_info=True)
    except Exception:  # noqa: BLE001 - whatever is wrong with the log, the answer leaves
        logger.exception("a request is not kept")


def _get_settings() -> Logs:
    """What is in memory, unless that was long ago: the request itself has mostly asked for the newest."""
    held = peek_snapshot()
    is_old = clock.unix_milliseconds() - held.checked > SETTINGS_SECONDS * 1000
    return settings_of(get_snapshot() if is_old else held).logs


def _placed(entry: Entry, settings: Logs) -> StoredLog:
    expires = int((clock.now() + lifetime_of(settings)).timestamp())
    log_id = new_log_id(clock.unix_milliseconds())
    return StoredLog(log_id, entry.level, entry.message, entry.data, expires)


def keep_none_for(milliseconds: float) -> None:
    """Keep no requests for so long, in this process; 0: keep them again."""
    _memory.silent_until = clock.stopwatch() + milliseconds
