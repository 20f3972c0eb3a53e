"""Building within a request what a changed definition needs, where there are few records.

A writer may be slower than a request can wait for: one that began before the change and ends after it leaves
its record where the former definition has it. So what is built here is in use at once, and gone through once
more by the next runner; a unique index only holds, and becomes ready, after that.
"""

from chalicelib.collections.duplicates import not_unique
from chalicelib.collections.load import get_newest
from chalicelib.collections.outcome import mark_ready, put_to_use, take_out
from chalicelib.collections.rewrite import write_again
from chalicelib.collections.save import Change
from chalicelib.collections.settling import longest_settling_seconds, settling_seconds
from chalicelib.collections.small import is_small
from chalicelib.errors import Overloaded
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problems
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import NotUnique, StorageFailure
from chalicelib.storage.records import read_some

PORTION = 100


class IndexRefused(Exception):
    """A unique index was taken out again: records got equal values while it was added."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        super().__init__("records have equal values")


def build_at_once(change: Change) -> list[Collection]:
    """Build what can be built within a request; the collections as they are then. Raises IndexRefused.

    Whatever else goes wrong, the definitions are saved and the work is there for the next runner.
    """
    changed = list(change.put)
    try:
        small = [each for each in changed if each.building and is_small(each)]
        if not small:
            return changed
        get_engine().pause(settling_seconds())
        for each in small:
            _build(each)
    except (StorageFailure, Overloaded):
        return changed
    newest = get_newest().catalog
    return [newest.find_by_id(each.id) or each for each in changed]


def _build(collection: Collection) -> None:
    try:
        _write_all_again(collection)
    except NotUnique as taken:
        take_out(taken, telling=False)
        raise IndexRefused(not_unique([taken.index], collection)) from taken
    if longest_settling_seconds():
        put_to_use(collection)
    else:
        mark_ready(collection)


def _write_all_again(collection: Collection) -> None:
    for shard in range(collection.shards.most):
        records, rowid = read_some(collection, (shard, ""), PORTION)
        while rowid:
            write_again(records)
            records, rowid = read_some(collection, (shard, rowid), PORTION)
