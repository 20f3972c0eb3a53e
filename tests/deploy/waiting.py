"""Waiting for what happens by itself."""

import time
from collections.abc import Callable

ASK_EVERY = 0.5


def wait_until(holds: Callable[[], object], seconds: float) -> bool:
    """Whether it comes to hold in time."""
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(ASK_EVERY)
    return bool(held)
