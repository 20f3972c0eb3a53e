"""The handful of calls made to DynamoDB. Everything that is read or written passes through here.

Items are DynamoDB's attribute maps (items.py makes them), conditions are data. Calls and capacity are
counted; throttling and transaction conflicts are retried, with jitter and a bound. Between the engine and
DynamoDB stands `send`: anything that takes an operation and its arguments can replace it, which is how
tests make faults.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any, TypeAlias

from chalicelib import ids
from chalicelib.config import get_config
from chalicelib.errors import Overloaded
from chalicelib.frozen import dataclass
from chalicelib.storage.additions import Addition, addition_arguments
from chalicelib.storage.calls import Calls, current_calls
from chalicelib.storage.conditions import Condition, as_arguments
from chalicelib.storage.connection import Send, open_connection, unrepeated
from chalicelib.storage.failures import Busy, TooManyItems
from chalicelib.storage.items import size_of
from chalicelib.storage.queries import LARGEST_PAGE, Query, query_arguments

Attributes: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[str, str]

BATCH_GET_MAX = 100
TRANSACTION_MAX = 100
TRANSACTION_LARGEST = 4 * 1024 * 1024
ATTEMPTS = 8
FIRST_PAUSE = 0.025
LONGEST_PAUSE = 1.0


@dataclass(frozen=True)
class WriteItem:
    """Write an item, whole."""

    item: Attributes
    condition: Condition | None = None


@dataclass(frozen=True)
class DeleteItem:
    """Remove an item."""

    key: Key
    condition: Condition | None = None


@dataclass(frozen=True)
class CheckItem:
    """Write nothing, but let the transaction fail unless the condition holds."""

    key: Key
    condition: Condition


Write: TypeAlias = WriteItem | DeleteItem | CheckItem


def key_of_write(write: Write) -> Key:
    """The key of the item that a write is about."""
    return (write.item["pk"]["S"], write.item["sk"]["S"]) if isinstance(write, WriteItem) else write.key


def fits(writes: Sequence[Write]) -> bool:
    """Whether one transaction can hold these."""
    return len(writes) <= TRANSACTION_MAX and _size_of(writes) <= TRANSACTION_LARGEST


def _size_of(writes: Sequence[Write]) -> int:
    return sum(size_of(write.item) for write in writes if isinstance(write, WriteItem))


@dataclass
class Engine:
    """One table, reached through `send`."""

    table: str
    send: Send
    pause: Callable[[float], None] = field(default=time.sleep)

    @property
    def calls(self) -> Calls:
        """What was called in this context (thread), and what it cost."""
        return current_calls()

    def get(self, key: Key) -> Attributes | None:
        """One item, consistently read."""
        answer = self._call("GetItem", {"Key": key_attributes(key), "ConsistentRead": True})
        return answer.get("Item")

    def batch_get(self, keys: Sequence[Key]) -> list[Attributes]:
        """Those of the items that exist, in no order, consistently read."""
        found: list[Attributes] = []
        wanted = [key_attributes(key) for key in dict.fromkeys(keys)]
        for start in range(0, len(wanted), BATCH_GET_MAX):
            found += self._batch_get(wanted[start : start + BATCH_GET_MAX])
        return found

    def query(self, wanted: Query) -> Iterator[list[Attributes]]:
        """Page by page. Without a page size a page is 1 MB; with one, pages double, up to that."""
        arguments = query_arguments(wanted)
        while True:
            answer = self._call("Query", arguments)
            yield answer.get("Items", [])
            if "LastEvaluatedKey" not in answer:
                return
            arguments = {**arguments, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
            if "Limit" in arguments:
                arguments["Limit"] = min(arguments["Limit"] * 2, LARGEST_PAGE)

    def count(self, wanted: Query) -> Iterator[int]:
        """How many items a query finds, page by page: as `query`, but nothing is sent."""
        arguments = {**query_arguments(wanted), "Select": "COUNT"}
        while True:
            answer = self._call("Query", arguments)
            yield answer["Count"]
            if "LastEvaluatedKey" not in answer:
                return
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def write_all(self, writes: Sequence[Write]) -> None:
        """All of them or none. ConditionFailed says which conditions did not hold.

        One write is a plain conditional call; several are a transaction, which costs twice as much.
        """
        if not fits(writes):
            raise TooManyItems(f"{len(writes)} items of {_size_of(writes)} bytes in one transaction")
        named = [_write_arguments(write) for write in writes]
        if len(writes) == 1 and not isinstance(writes[0], CheckItem):
            operation, arguments = named[0]
            self._call(f"{operation}Item", arguments)
        elif writes:
            self._transact(named)

    def write_once(self, write: WriteItem) -> None:
        """Write an item, whatever is there, at the first try or not at all: for what may be lost."""
        answer: dict[str, Any] = {}
        arguments = {"TableName": self.table, "Item": write.item, "ReturnConsumedCapacity": "TOTAL"}
        try:
            with unrepeated():
                answer = self.send("PutItem", arguments)
        finally:
            self.calls.note("PutItem", answer)

    def add(self, addition: Addition) -> Attributes:
        """Add to an item's numbers; the item as it is then. Repeated, it adds again: see rates.py."""
        arguments = {"Key": key_attributes(addition.key), **addition_arguments(addition)}
        answer = self._call("UpdateItem", {**arguments, "ReturnValues": "ALL_NEW"})
        return dict(answer["Attributes"])

    def put_some(self, items: Sequence[Attributes]) -> list[Attributes]:
        """Write up to 25 items, whatever was there, in no order; those that were not written."""
        wanted = {self.table: [{"PutRequest": {"Item": item}} for item in items]}
        answer = self._call("BatchWriteItem", {"RequestItems": wanted}, {})
        return [each["PutRequest"]["Item"] for each in answer.get("UnprocessedItems", {}).get(self.table, [])]

    def _transact(self, named: Sequence[tuple[str, dict[str, Any]]]) -> None:
        items = [{operation: {"TableName": self.table, **arguments}} for operation, arguments in named]
        # The token makes a repeated call, after an answer that was lost, harmless.
        self._call(
            "TransactWriteItems", {"TransactItems": items, "ClientRequestToken": ids.random_text(32)}, {}
        )

    def _batch_get(self, keys: list[Attributes]) -> list[Attributes]:
        found: list[Attributes] = []
        for attempt in range(ATTEMPTS):
            request = {self.table: {"Keys": keys, "ConsistentRead": True}}
            answer = self._call("BatchGetItem", {"RequestItems": request}, {})
            found += answer["Responses"].get(self.table, [])
            keys = answer.get("UnprocessedKeys", {}).get(self.table, {}).get("Keys", [])
            if not keys:
                return found
            self._wait(attempt)
        raise Overloaded()

    def _call(
        self, operation: str, arguments: dict[str, Any], table: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        target = {"TableName": self.table} if table is None else table
        last: Busy | None = None
        for attempt in range(ATTEMPTS):
            answer: dict[str, Any] = {}
            try:
                answer = self.send(operation, {**target, **arguments, "ReturnConsumedCapacity": "TOTAL"})
                return answer
            except Busy as busy:
                last = busy
                self._wait(attempt)
            finally:
                self.calls.note(operation, answer)
        raise Overloaded() from last

    def _wait(self, attempt: int) -> None:
        self.calls.busy += 1
        self.pause(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))  # noqa: S311


@cache
def get_engine() -> Engine:
    """The engine of this process, on the configured table."""
    config = get_config()
    return Engine(config.table, open_connection(config))


def key_attributes(key: Key) -> Attributes:
    """A key as DynamoDB takes it."""
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _write_arguments(write: Write) -> tuple[str, dict[str, Any]]:
    condition = as_arguments(write.condition)
    if isinstance(write, WriteItem):
        return "Put", {"Item": write.item, **condition}
    operation = "Delete" if isinstance(write, DeleteItem) else "ConditionCheck"
    return operation, {"Key": key_attributes(write.key), **condition}
