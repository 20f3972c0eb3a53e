"""The requests' log in the table: one item each, which DynamoDB removes when it is old.

An id begins with its moment, so ids sort as the requests came, a stretch of time is a stretch of keys, and
the moment needs no room of its own. The log is spread over some partitions, each good for a thousand
requests a second; its reader merges them.
"""

import heapq
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib import ids
from chalicelib.clock import to_text
from chalicelib.frozen import dataclass
from chalicelib.storage import keys
from chalicelib.storage.budget import Budget
from chalicelib.storage.engine import Attributes, DeleteItem, WriteItem, get_engine
from chalicelib.storage.items import LogItem
from chalicelib.storage.queries import Query

SHARDS = 4
MOMENT_DIGITS = 9
RANDOM_DIGITS = ids.RECORD_ID_LENGTH - MOMENT_DIGITS
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LATEST = 36**MOMENT_DIGITS - 1
PORTION = 100
# More than one asks for are read of each partition: how the wanted ones are spread is chance.
SPARE = 8


@dataclass(frozen=True)
class StoredLog:
    """A line of the log. `expires`: when it may go, in seconds since 1970."""

    id: str
    level: int
    message: str
    data: Mapping[str, Any]
    expires: int

    @property
    def milliseconds(self) -> int:
        """Its moment, in milliseconds since 1970."""
        return int(self.id[:MOMENT_DIGITS], 36)

    @property
    def created(self) -> str:
        """Its moment, as PocketBase writes it."""
        return to_text(datetime.fromtimestamp(self.milliseconds / 1000, UTC))


@dataclass(frozen=True)
class Span:
    """A stretch of the log: ids from `low` on, and before `end`."""

    low: str
    end: str
    backwards: bool = False


def new_log_id(milliseconds: int) -> str:
    """An id for a line of this moment."""
    return first_id(milliseconds) + ids.random_text(RANDOM_DIGITS, ids.RECORD_ID_ALPHABET)


def first_id(milliseconds: int) -> str:
    """What sorts before all ids of this moment, and after those of earlier ones.

    >>> first_id(0), first_id(1_700_000_000_000) < first_id(1_700_000_000_001)
    ('000000000', True)
    """
    number, digits = min(max(milliseconds, 0), LATEST), ""
    for _ in range(MOMENT_DIGITS):
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def save_log(log: StoredLog) -> None:
    """Store a line, at the first try or not at all. Raises StorageFailure."""
    item = LogItem(_partition(log.id), log.id, ttl=log.expires)
    item.keep({"level": log.level, "message": log.message, "data": dict(log.data)})
    get_engine().write_once(WriteItem(item.to_attributes()))


def find_log(log_id: str) -> StoredLog | None:
    """The line of this id."""
    if len(log_id) != ids.RECORD_ID_LENGTH or set(log_id) - set(DIGITS):
        return None
    found = get_engine().get((_partition(log_id), log_id))
    return _log_of(found) if found else None


def read_logs(span: Span, budget: Budget, first: int | None = None) -> Iterator[StoredLog]:
    """The lines of a stretch, in order. `first`: how many will be wanted, if known."""
    size = PORTION if first is None else first // SHARDS + SPARE
    streams = [_read_shard(shard, span, budget, size) for shard in range(SHARDS)]
    items = heapq.merge(*streams, key=lambda item: item["sk"]["S"], reverse=span.backwards)
    return map(_log_of, items)


def count_logs(span: Span, budget: Budget) -> int:
    """How many lines a stretch has: they are counted where they are, not fetched."""
    total = 0
    for shard in range(SHARDS):
        for found in get_engine().count(_query(shard, span)):
            budget.spend(found)
            total += found
    return total


def remove_logs(end: str) -> Iterator[int]:
    """Remove what is before this id, telling after each portion how many it were."""
    for shard in range(SHARDS):
        for page in get_engine().query(_query(shard, Span("", end), PORTION)):
            for item in page:
                get_engine().write_all([DeleteItem((item["pk"]["S"], item["sk"]["S"]))])
            yield len(page)


def _read_shard(shard: int, span: Span, budget: Budget, size: int) -> Iterator[Attributes]:
    for page in get_engine().query(_query(shard, span, size)):
        for item in page:
            budget.spend()
            yield item


def _query(shard: int, span: Span, size: int | None = None) -> Query:
    """`end` is the beginning of ids, none of which is that short: none equals it."""
    return Query(keys.log_key(shard), low=span.low, high=span.end, backwards=span.backwards, page_size=size)


def _partition(log_id: str) -> str:
    return keys.log_key(keys.shard_of(log_id, SHARDS))


def _log_of(attributes: Attributes) -> StoredLog:
    item = LogItem.from_attributes(attributes)
    kept = item.value
    return StoredLog(item.sk, kept["level"], kept["message"], kept["data"], int(item.ttl))
