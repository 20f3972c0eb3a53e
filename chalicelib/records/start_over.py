"""Read, decide, write; and from the beginning when somebody else wrote in between."""

import random
from collections.abc import Callable
from typing import TypeVar

from chalicelib import clock
from chalicelib.errors import TooManyRequests
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import Conflict

ATTEMPTS = 40
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0
# No attempt is begun later: the last one must be over before a gateway gives up, after 29 seconds.
LONGEST_MILLISECONDS = 15_000
BUSY = "Too many requests change this record at once. Try again"

Result = TypeVar("Result")


def start_over_on_conflict(attempt: Callable[[], Result]) -> Result:
    """What the first attempt that nobody got in the way of returns."""
    began = clock.stopwatch()
    for count in range(ATTEMPTS):
        if clock.stopwatch() - began > LONGEST_MILLISECONDS:
            break
        try:
            return attempt()
        except Conflict:
            # Whoever lost must not lose again to the same others: pauses are random, and grow.
            get_engine().pause(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**count)))  # noqa: S311
    raise TooManyRequests(BUSY)
