"""Unfinished work under `make run`: it is gone on with in the background, as a scheduled function would."""

import threading
from contextlib import AbstractContextManager

from chalicelib.jobs.tasks import run_tasks
from dev.background import running

PORTION = 500
PORTION_SECONDS = 2.0
ASK_EVERY = 2.0


def running_tasks(every: float = ASK_EVERY) -> AbstractContextManager[None]:
    """Work that is left, or comes up within, is done a portion at a time."""
    return running("tasks", _run_all, every)


def _run_all(stop: threading.Event) -> None:
    while run_tasks(PORTION, PORTION_SECONDS) and not stop.is_set():
        continue
