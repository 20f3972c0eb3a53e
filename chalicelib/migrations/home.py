"""Bringing the records of a collection that had another number of shards into those where they belong.

A record changes its shard when it is written, so whoever goes through the shards and writes could meet it
twice, or miss it when somebody else writes it meanwhile. After this, no write moves any.
"""

from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import Conflict
from chalicelib.storage.records import read_some
from chalicelib.storage.transactions import Update, write_together

PORTION = 100
# Until an index surely shows what was written.
LAG = 1.0


def bring_home(collection: Collection) -> None:
    """Write each record again, as it is, that is not in its shard. Harmless when repeated."""
    shards = range(collection.shards.most)
    moved = sum(_empty(collection, shard) for shard in shards) if len(shards) > 1 else 0
    if moved:
        get_engine().pause(LAG)


def _empty(collection: Collection, shard: int) -> int:
    """Move what does not belong into this shard; how many it was."""
    moved, last = 0, ""
    while True:
        records, last = read_some(collection, (shard, last), PORTION)
        for record in records:
            if keys.shard_of(record.id, collection.shards.now) != shard:
                moved += 1
                _move(record)
        if not last:
            return moved


def _move(record: Record) -> None:
    try:
        write_together([Update(record, record)])
    except Conflict:  # whoever wrote it meanwhile has moved it
        return
