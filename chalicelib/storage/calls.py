"""How many calls were made to DynamoDB and S3, and what they cost."""

from collections import Counter
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

_WRITES = {"PutItem", "DeleteItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem"}


@dataclass
class Calls:
    """Calls by operation (retries count, each is a call), capacity as DynamoDB reports it; S3's calls apart.

    >>> calls = Calls()
    >>> calls.note("GetItem", {"ConsumedCapacity": {"CapacityUnits": 1.0}})
    >>> calls.by_operation, calls.total, calls.read_units
    (Counter({'GetItem': 1}), 1, 1.0)
    """

    by_operation: Counter[str] = field(default_factory=Counter)
    s3: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0
    busy: int = 0  # answers that asked for another try

    @property
    def total(self) -> int:
        """Calls of all kinds to DynamoDB."""
        return self.by_operation.total()

    def note(self, operation: str, answer: Mapping[str, Any]) -> None:
        """Count one call and what its answer says it cost."""
        self.by_operation[operation] += 1
        consumed = answer.get("ConsumedCapacity") or []
        tables = consumed if isinstance(consumed, list) else [consumed]
        units = sum(float(table.get("CapacityUnits", 0)) for table in tables)
        if operation in _WRITES:
            self.write_units += units
        else:
            self.read_units += units

    def note_s3(self, operation: str) -> None:
        """Count one call to S3."""
        self.s3[operation] += 1

    def reset(self) -> None:
        """Start counting anew."""
        self.by_operation.clear()
        self.s3.clear()
        self.read_units = self.write_units = 0.0
        self.busy = 0


_calls: ContextVar[Calls] = ContextVar("calls")


def current_calls() -> Calls:
    """What was called in this context (thread), by whatever engine, and what it cost."""
    try:
        return _calls.get()
    except LookupError:
        _calls.set(Calls())
        return _calls.get()
