"""A DynamoDB that fails on purpose: stands between the engine and the table."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.config import get_config
from chalicelib.storage.connection import Send

WRITES = {"PutItem", "DeleteItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem"}


@dataclass
class Fault:
    """Happens on the next calls of one operation. `error` is raised, before or after the call is really made;
    `change` alters its answer instead."""

    operation: str
    error: Exception | None = None
    times: int = 1
    done_anyway: bool = False
    change: Callable[[dict[str, Any]], dict[str, Any]] | None = None


@dataclass
class Faulty:
    """`send` with faults; remembers what was asked."""

    send: Send
    faults: list[Fault] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, arguments))
        fault = self._take(operation)
        if fault is None:
            return self.send(operation, arguments)
        if fault.error is None:
            answer = self.send(operation, arguments)
            return fault.change(answer) if fault.change else answer
        if fault.done_anyway:
            self.send(operation, arguments)
        raise fault.error

    def _take(self, operation: str) -> Fault | None:
        for fault in self.faults:
            if fault.operation == operation and fault.times > 0:
                fault.times -= 1
                return fault
        return None


class Killed(BaseException):
    """The process is gone: nothing may catch it."""


@dataclass
class Mortal:
    """`send` of a process that dies when it has made so many writes."""

    send: Send
    last: int
    writes: int = 0

    def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = self.send(operation, arguments)
        self.writes += operation in WRITES
        if self.writes >= self.last:
            raise Killed
        return answer


@dataclass
class Lagging:
    """`send` on a table whose indexes are some writes behind, until they catch up."""

    send: Send
    behind: int
    _before: list[dict[str, dict[str, Any]]] = field(default_factory=list)

    def catch_up(self) -> None:
        """The indexes have everything that was written."""
        self._before.clear()

    def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        table = dynamodb_backends[DEFAULT_ACCOUNT_ID][get_config().region].tables[get_config().table]
        if operation in WRITES:
            self._before.append({partition: dict(sorts) for partition, sorts in table.items.items()})
            del self._before[: -self.behind]
        if "IndexName" not in arguments or not self._before:
            return self.send(operation, arguments)
        now, table.items = table.items, self._before[0]
        try:
            return self.send(operation, arguments)
        finally:
            table.items = now
