"""The only place that asks what time it is."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in UTC, to the microsecond."""
    return datetime.now(UTC)


def unix_milliseconds() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def stopwatch() -> float:
    """Milliseconds since some moment, only good for telling how long something took."""
    return time.perf_counter() * 1000


def to_text(moment: datetime) -> str:
    """A moment as PocketBase writes dates: ``2026-01-31 09:05:00.123Z``."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}Z"
