"""What goes on beside the server under `make run`: a thread that does a step again and again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chalicelib.observability.logger import logger

PATIENCE = 10  # seconds for the step at hand, when it is to end


@contextmanager
def running(name: str, step: Callable[[threading.Event], None], every: float) -> Iterator[None]:
    """Within, the step is done every so many seconds, whatever fails; it is told when it is to end."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(name, step, every, stop), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)


def _run(name: str, step: Callable[[threading.Event], None], every: float, stop: threading.Event) -> None:
    while not stop.wait(every):
        try:
            step(stop)
        except Exception:  # noqa: BLE001 - the edge: whatever happens, there is a next time
            logger.exception("what goes on in the background failed", extra={"work": name})
