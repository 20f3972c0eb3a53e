"""The table's stream under `make run`: a thread that hands each change to what Lambda would hand it to."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.config import get_config
from chalicelib.jobs.record_stream import BATCH_SIZE, follow_changes
from chalicelib.observability.logger import logger
from chalicelib.storage.followed import FOLLOWED
from dev.permitted import acting_as

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

ASK_EVERY = 0.2
TRY_AGAIN = 2.0


@contextmanager
def followed_stream() -> Iterator[None]:
    """Changes that happen within are followed, a moment later; the last ones before it ends."""
    follower = Follower(_client())
    thread = threading.Thread(target=follower.follow, name="stream", daemon=True)
    thread.start()
    try:
        yield
    finally:
        follower.stop.set()
        thread.join(10)


class Follower:
    """Reads the embedded table's stream, which has a single shard, from now on."""

    def __init__(self, client: "DynamoDBStreamsClient") -> None:
        self.stop = threading.Event()
        self._client = client
        self._next = self._find_end()

    def follow(self) -> None:
        """Until told to stop, and until all changes before that are dealt with."""
        while self._follow_some() or not self.stop.is_set():
            continue

    def _follow_some(self) -> bool:
        """Deal with the next changes; whether there were any."""
        try:
            answer = self._client.get_records(ShardIterator=self._next, Limit=BATCH_SIZE)
        except (BotoCoreError, ClientError):
            logger.exception("the stream cannot be read")
            self.stop.wait(TRY_AGAIN)
            return False
        changes = [each for each in map(as_event, answer["Records"]) if is_followed(each)]
        with acting_as("record_stream"):
            failed = bool(changes) and follow_changes(changes)["batchItemFailures"]
        if failed:
            self.stop.wait(TRY_AGAIN)
            return False
        self._next = answer["NextShardIterator"]
        if not answer["Records"]:
            self.stop.wait(ASK_EVERY)
        return bool(answer["Records"])

    def _find_end(self) -> str:
        stream = self._client.list_streams(TableName=get_config().table)["Streams"][-1]["StreamArn"]
        (shard,) = self._client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
        asked = {"StreamArn": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "LATEST"}
        return str(self._client.get_shard_iterator(**asked)["ShardIterator"])


def as_event(record: Any) -> dict[str, Any]:
    """A record of the stream as it is in a Lambda event, where moments are seconds."""
    told = dict(record["dynamodb"])
    moment = told["ApproximateCreationDateTime"]
    told["ApproximateCreationDateTime"] = moment.timestamp() if isinstance(moment, datetime) else moment
    return {**record, "dynamodb": told}


def is_followed(change: Any) -> bool:
    """Whether Lambda would hand a change over, by its event source's filters."""
    return any(_matches(change, pattern) for pattern in FOLLOWED)


def _matches(value: Any, pattern: Any) -> bool:
    if isinstance(pattern, Mapping):
        return isinstance(value, Mapping) and all(_matches(value.get(key), pattern[key]) for key in pattern)
    return any(_is(value, each) for each in pattern)


def _is(value: Any, wanted: Any) -> bool:
    """Whether it is a text of a list, or begins like one of it."""
    if isinstance(wanted, Mapping):
        return isinstance(value, str) and value.startswith(wanted["prefix"])
    return bool(value == wanted)


def _client() -> "DynamoDBStreamsClient":
    config = get_config()
    return boto3.client(
        "dynamodbstreams", region_name=config.region, endpoint_url=config.endpoint_url or None
    )
