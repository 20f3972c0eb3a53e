"""Following the embedded table's stream: nothing is skipped, whatever fails on the way."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.storage.counters import find_total
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from dev import stream
from dev.stream import Follower, as_event
from tests.storage.faults import Fault, Faulty

MOMENT = datetime(2027, 1, 15, 8, 0, 1, 500_000, tzinfo=UTC)


def change(number: int) -> dict[str, Any]:
    """A record of the stream as boto3 gives it."""
    keys = {"pk": {"S": f"R#posts#{number}"}, "sk": {"S": "R"}}
    told = {"Keys": keys, "SequenceNumber": str(number), "ApproximateCreationDateTime": MOMENT}
    return {"eventID": str(number), "eventName": "INSERT", "dynamodb": told}


class FakeStream:
    """A stream of one shard; an iterator is a position. The next call fails when `is_down`."""

    def __init__(self, *old: dict[str, Any]) -> None:
        self.records = list(old)
        self.is_down = False

    def list_streams(self, TableName: str) -> dict[str, Any]:
        return {"Streams": [{"StreamArn": f"{TableName}/stream"}]}

    def describe_stream(self, StreamArn: str) -> dict[str, Any]:
        return {"StreamDescription": {"Shards": [{"ShardId": "only"}]}}

    def get_shard_iterator(self, StreamArn: str, ShardId: str, ShardIteratorType: str) -> dict[str, str]:
        assert (ShardId, ShardIteratorType) == ("only", "LATEST")
        return {"ShardIterator": str(len(self.records))}

    def get_records(self, ShardIterator: str, Limit: int) -> dict[str, Any]:
        if self.is_down:
            self.is_down = False
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
        end = min(int(ShardIterator) + Limit, len(self.records))
        return {"Records": self.records[int(ShardIterator) : end], "NextShardIterator": str(end)}


@pytest.fixture
def follower(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeStream], Follower]:
    """Makes one that waits for nothing and stops when there is nothing more."""
    monkeypatch.setattr(stream, "ASK_EVERY", 0)
    monkeypatch.setattr(stream, "TRY_AGAIN", 0)

    def make(told: FakeStream) -> Follower:
        made = Follower(told)  # type: ignore[arg-type]
        made.stop.set()
        return made

    return make


def test_what_happens_from_now_on_is_counted(follower: Callable[[FakeStream], Follower]) -> None:
    told = FakeStream(change(1), change(2))
    following = follower(told)
    told.records += [change(number) for number in range(3, 8)]
    following.follow()
    assert find_total("posts") == 5
    told.records.append(change(9))
    following.follow()
    assert find_total("posts") == 6


def test_a_stream_that_cannot_be_read_is_asked_again(follower: Callable[[FakeStream], Follower]) -> None:
    told = FakeStream()
    following = follower(told)
    told.records.append(change(1))
    told.is_down = True
    following.follow()
    assert find_total("posts") is None
    following.follow()
    assert find_total("posts") == 1


def test_what_failed_comes_again(follower: Callable[[FakeStream], Follower], engine: Engine) -> None:
    told = FakeStream()
    following = follower(told)
    told.records += [change(1), change(2)]
    engine.send = Faulty(engine.send, [Fault("TransactWriteItems", Unavailable("gone"))])
    following.follow()
    assert find_total("posts") is None
    following.follow()
    assert find_total("posts") == 2


def test_moments_are_seconds_as_in_lambda() -> None:
    event = as_event(change(1))
    assert event["dynamodb"]["ApproximateCreationDateTime"] == MOMENT.timestamp()
    assert as_event(event) == event
