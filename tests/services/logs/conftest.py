"""Lines of the log of some days ago, and settings of it."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import Engine
from chalicelib.storage.request_logs import StoredLog, new_log_id, save_log

HOUR = 3_600_000
DAY = 24 * HOUR
Store = Callable[..., StoredLog]


@pytest.fixture
def store(defaults: Engine) -> Store:
    """Store a line, so many milliseconds ago."""
    now = clock.unix_milliseconds()

    def store_one(ago: int, level: int = 0, message: str = "GET /x", **data: Any) -> StoredLog:
        log = StoredLog(new_log_id(now - ago), level, message, {"status": 200, **data}, now // 1000 + 99)
        save_log(log)
        return log

    return store_one


@pytest.fixture
def set_logs(defaults: Engine) -> Callable[..., None]:
    """Change settings of the group `logs`."""
    return lambda **logs: change_settings({"logs": logs}) and None
