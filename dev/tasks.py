"""Unfinished work under `make run`: a thread that goes on with it, as a scheduled function would."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.errors import Overloaded
from chalicelib.jobs.tasks import run_tasks
from chalicelib.observability.logger import logger
from chalicelib.storage.failures import StorageFailure

PORTION = 500
PORTION_SECONDS = 2.0
ASK_EVERY = 2.0


@contextmanager
def running_tasks(every: float = ASK_EVERY) -> Iterator[None]:
    """Work that is left, or comes up within, is done a portion at a time."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(stop, every), name="tasks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def _run(stop: threading.Event, every: float) -> None:
    while not stop.wait(every):
        try:
            while run_tasks(PORTION, PORTION_SECONDS) and not stop.is_set():
                continue
        except (StorageFailure, Overloaded):
            logger.exception("unfinished work cannot go on yet")
