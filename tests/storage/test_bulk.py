"""Many records written at once: nothing is lost, and no call holds more than DynamoDB takes."""

import threading
from typing import Any

import pytest

from chalicelib.errors import Overloaded
from chalicelib.storage import bulk
from chalicelib.storage.bulk import put_all
from chalicelib.storage.engine import ATTEMPTS, Attributes, Engine
from chalicelib.storage.failures import Busy
from tests.storage.faults import Fault, Faulty


class Calls:
    """`send` that remembers what is written, and by how large calls."""

    def __init__(self, keeps: int = 25) -> None:
        self.keeps, self.lock = keeps, threading.Lock()
        self.sizes: list[int] = []
        self.keys: list[str] = []

    def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        assert operation == "BatchWriteItem"
        ((table, requests),) = arguments["RequestItems"].items()
        kept = requests[: self.keeps]
        with self.lock:
            self.sizes.append(len(requests))
            self.keys += [each["PutRequest"]["Item"]["pk"]["S"] for each in kept]
        left = requests[self.keeps :]
        return {"UnprocessedItems": {table: left} if left else {}}


def items(count: int, size: int = 1) -> list[Attributes]:
    return [
        {"pk": {"S": f"{number:05}"}, "sk": {"S": "R"}, "data": {"S": "x" * size}} for number in range(count)
    ]


@pytest.mark.parametrize("keeps", [25, 7, 4])
def test_all_are_written_once(keeps: int) -> None:
    calls, pauses = Calls(keeps), []
    put_all_with(calls, items(103), pauses)
    assert sorted(calls.keys) == [each["pk"]["S"] for each in items(103)]
    assert max(calls.sizes) == 25
    assert bool(pauses) == (keeps < 25)


def test_no_call_is_larger_than_it_may_be() -> None:
    calls = Calls()
    put_all_with(calls, items(50, 400_000), [])
    assert max(calls.sizes) * 400_000 < bulk.LARGEST_CALL < 16 * 1024 * 1024
    assert len(calls.keys) == 50


def test_nothing_is_written_of_nothing() -> None:
    calls = Calls()
    put_all_with(calls, [], [])
    assert calls.sizes == []


def test_what_is_never_taken_is_told() -> None:
    calls, pauses = Calls(0), []
    with pytest.raises(Overloaded):
        put_all_with(calls, items(3), pauses)
    assert len(pauses) == ATTEMPTS


def test_throttling_is_waited_for() -> None:
    calls = Calls()
    put_all_with(Faulty(calls, [Fault("BatchWriteItem", Busy("slowly"), times=3)]), items(30), [])
    assert len(calls.keys) == 30


def put_all_with(send: Any, written: list[Attributes], pauses: list[float]) -> None:
    put_all(written, Engine("table", send, pauses.append))
