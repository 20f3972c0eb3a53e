"""Records as they were when a backup began, kept while it is made; and how it is known that all of them are.

Who follows the table's stream keeps the first old image of each record that changes from some second on. To
learn that the stream has passed a moment, marks are written then, under keys all over the table, so that each
of the stream's shards gets some: who follows removes them. When all are gone, all that was before them is
dealt with.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib import clock
from chalicelib.frozen import dataclass
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage import keys
from chalicelib.storage.conditions import Absent
from chalicelib.storage.engine import TRANSACTION_MAX, Attributes, DeleteItem, Key, WriteItem, get_engine
from chalicelib.storage.failures import ConditionFailed
from chalicelib.storage.queries import Query
from chalicelib.storage.record_items import record_from

MARKS = 300
KEPT_SECONDS = 2 * 86_400
_KEPT = frozenset({"data", "blob", "rev", "stamp", "g1sk"})


@dataclass(frozen=True)
class Image:
    """A record that has changed: where it is kept, and what it was; None for one that was not there."""

    key: str
    record: Record | None


def keep_image(backup: str, record_key: str, old: Mapping[str, Any] | None) -> None:
    """Keep what a record was, unless that was done before: the first image is the right one."""
    kept = {name: _as_stored(value) for name, value in (old or {}).items() if name in _KEPT}
    item = {**kept, "pk": {"S": keys.image_key(backup, record_key)}, "sk": {"S": record_key}, **_expiry()}
    try:
        get_engine().write_all([WriteItem(item, Absent())])
    except ConditionFailed:
        return


def find_images(backup: str, collection: Collection) -> Iterator[Image]:
    """What records of a collection were that have changed."""
    prefix = keys.images_prefix(collection.space)
    for partition in keys.image_keys(backup):
        for page in get_engine().query(Query(partition, prefix=prefix, consistent=True)):
            for item in page:
                yield Image(item["sk"]["S"], record_from(collection, item) if "rev" in item else None)


def put_marks(backup: str) -> int:
    """Write the marks; how many. Raises Overloaded."""
    items = [{"pk": {"S": pk}, "sk": {"S": sk}, **_expiry()} for pk, sk in _marks(backup)]
    for start in range(0, len(items), TRANSACTION_MAX):
        get_engine().write_all([WriteItem(item) for item in items[start : start + TRANSACTION_MAX]])
    return len(items)


def count_marks(backup: str) -> int:
    """How many have not come out of the stream yet."""
    return len(get_engine().batch_get(_marks(backup)))


def remove_marks(found: Sequence[Key]) -> None:
    """Remove marks that came out of the stream."""
    keys_found = list(dict.fromkeys(found))
    for start in range(0, len(keys_found), TRANSACTION_MAX):
        get_engine().write_all([DeleteItem(key) for key in keys_found[start : start + TRANSACTION_MAX]])


def _marks(backup: str) -> list[Key]:
    return [(keys.mark_key(backup, number), keys.MARK_SORT) for number in range(MARKS)]


def _expiry() -> Attributes:
    return {"ttl": {"N": str(clock.unix_milliseconds() // 1000 + KEPT_SECONDS)}}


def _as_stored(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An attribute of a Lambda event, which has bytes as Base64."""
    ((kind, content),) = value.items()
    is_text = kind == "B" and isinstance(content, str)
    return {kind: base64.b64decode(content)} if is_text else value
