"""What an operator sees of work without a request: one log line, its metrics, a trace."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib import clock
from chalicelib.observability.logger import logger
from chalicelib.observability.metrics import publish_metrics
from chalicelib.observability.tracing import traced
from chalicelib.storage.spending import spent, spent_since


@contextmanager
def watched(function: str, **keys: str) -> Iterator[None]:
    """Work that is told about when it ends. Each line that is logged within it carries the keys."""
    started, before = clock.stopwatch(), spent()
    logger.thread_safe_append_keys(function=function, **keys)
    failed = True
    try:
        with traced(function, keys):
            yield
        failed = False
    finally:
        cost = spent_since(before)
        took = round(clock.stopwatch() - started, 1)
        logger.info("job", extra={"failed": failed, "milliseconds": took, **cost})
        _publish(function, int(failed), cost)
        logger.thread_safe_remove_keys(["function", *keys])


def _publish(function: str, failures: int, cost: dict[str, float]) -> None:
    amounts = {
        "JobFailures": failures,
        "ReadUnits": cost["read_units"],
        "WriteUnits": cost["write_units"],
        "Throttles": cost["throttles"],
    }
    publish_metrics(function, amounts)
