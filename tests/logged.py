"""What is logged while a test does something, each line parsed."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.observability.logger import logger


@contextmanager
def kept_lines() -> Iterator[list[dict[str, Any]]]:
    """The lines, as they come."""
    seen: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(json.loads(self.format(record)))

    keep = Keep()
    keep.setFormatter(logger.registered_formatter)
    logger.addHandler(keep)
    try:
        yield seen
    finally:
        logging.getLogger("quoll").removeHandler(keep)
