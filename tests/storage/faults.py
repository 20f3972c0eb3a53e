"""A DynamoDB that fails on purpose: stands between the engine and the table."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.storage.connection import Send


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
