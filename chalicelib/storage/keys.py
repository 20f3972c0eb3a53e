"""Every key of the table, each with an example. Nobody else builds one.

Parts that come from outside are escaped, so that no value can pass for another key, and cut with a hash when
long, so that every key fits. Records are kept under their collection's ``space``, which is random and never
given twice: a collection made anew under an old name finds nothing.
"""

import hashlib
import zlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from chalicelib.storage.order import sort_text

RECORD_PREFIX = "R#"
RECORD_SORT = "R"
UNIQUE_SORT = "U"
CONFIG = "CONFIG"
MIGRATIONS = "MIGRATIONS"  # sorted by the migration's name
VERSION_SORT = "V"
VERSION_KEY = (CONFIG, VERSION_SORT)
HEARD_SORT = "H"
TASK_PREFIX = "T#"
MARK_PREFIX = "K#"
MARK_SORT = "K"
IMAGE_SHARDS = 16
ATTEMPTS_PREFIX = "A#"  # what every function may count: deploy/policies.py
ATTEMPTS_SORT = "A"
LOG_PREFIX = "L#"  # what every view may write: deploy/policies.py
SENT_SORT = "M"
MAILBOX = "MAILBOX"  # sorted by a rowid
COLLECTION_PREFIX = "C#"
SETTING_PREFIX = "S#"
SETTINGS_SORT = "S#settings"

_READABLE = " !\"$&'()*+,/:;<=>?@[]^`{|}"
_LONGEST_PART = 300
_LONGEST_VALUES = 1200


def record_key(space: str, record_id: str) -> str:
    """A record's partition; its sort key is RECORD_SORT.

    >>> record_key("k3v9", "abc123def456ghi")
    'R#k3v9#abc123def456ghi'
    """
    return f"{RECORD_PREFIX}{space}#{escape(record_id)}"


def rows_key(space: str, shard: int = 0) -> str:
    """The partition of `gsi1` that lists a collection's records in insertion order, sorted by rowid.

    Hot collections are spread over several shards.

    >>> rows_key("k3v9")
    'R#k3v9#0'
    """
    return f"R#{space}#{shard}"


def slot_key(space: str, tag: str, shard: int = 0) -> str:
    """The partition of a collection's own index, in whichever of the table's it has.

    >>> slot_key("k3v9", "x7")
    'k3v9#x7#0'
    """
    return f"{space}#{tag}#{shard}"


def shard_of(record_id: str, shards: int) -> int:
    """Which of so many shards a record is in.

    >>> [shard_of(each, 4) for each in ("abc123def456ghi", "abc123def456ghj")], shard_of("x", 1)
    ([3, 1], 0)
    """
    return zlib.crc32(record_id.encode(errors="surrogatepass")) % shards


def edge_sort(column: str, value: str) -> str:
    """One value of a record's multi-valued field, within the record's partition.

    >>> edge_sort("c4", "red#1")
    'E#c4#red%231'
    """
    return f"E#{column}#{escape(value)}"


def edge_key(space: str, column: str, value: str) -> str:
    """The partition of `gsi1` that lists the records with this value in a multi-valued field, by rowid.

    >>> edge_key("k3v9", "c4", "red")
    'E#k3v9#c4#red'
    """
    return f"E#{space}#{column}#{escape(value)}"


def task_key(kind: str) -> str:
    """The partition of all unfinished work of one kind.

    >>> task_key("backfill")
    'T#backfill'
    """
    return TASK_PREFIX + kind


def unique_key(space: str, index: str, values: Sequence[Any]) -> str:
    """What holds a unique index's values for one record; its sort key is UNIQUE_SORT.

    >>> unique_key("k3v9", "idx_email", ("a@example.com",))
    'U#k3v9#idx_email#2a@example.com'
    >>> unique_key("k3v9", "idx_slug", ("a#b", None))
    'U#k3v9#idx_slug#2a%23b#0'
    """
    joined = "#".join(escape(sort_text(value)) for value in values)
    return f"U#{space}#{escape(index)}#{_cut(joined, _LONGEST_VALUES)}"


def counter_key(space: str) -> str:
    """The partition of a collection's counters: how many records it has is their sum.

    >>> counter_key("k3v9")
    'N#k3v9'
    """
    return f"N#{space}"


def heard_key(space: str, moment: int) -> str:
    """What the counters have heard of the changes of one moment; its sort key is HEARD_SORT.

    >>> heard_key("k3v9", 339552)
    'H#k3v9#339552'
    """
    return f"H#{space}#{moment}"


def attempts_key(name: str) -> str:
    """How often something was tried; its sort key is ATTEMPTS_SORT.

    >>> attempts_key("otp:users:abc")
    'A#otp:users:abc'
    """
    return ATTEMPTS_PREFIX + escape(name)


def log_key(shard: int) -> str:
    """A partition of the requests' log, sorted by id, which begins with the moment.

    >>> log_key(2)
    'L#2'
    """
    return f"{LOG_PREFIX}{shard}"


def sent_key(name: str) -> str:
    """When a mail of this name was posted last; its sort key is SENT_SORT.

    >>> sent_key("verification/pbc_123/abc")
    'M#verification/pbc_123/abc'
    """
    return f"M#{escape(name)}"


def image_key(backup: str, record: str) -> str:
    """A partition of records as they were when a backup began, sorted by the record's partition key.

    There are several of them for a backup, since many records may change while it is made.

    >>> image_key("k3v9", "R#posts#abc"), image_keys("k3v9")[0]
    ('B#k3v9#6', 'B#k3v9#0')
    """
    return image_keys(backup)[shard_of(record, IMAGE_SHARDS)]


def image_keys(backup: str) -> list[str]:
    """All partitions of a backup's records."""
    return [f"B#{escape(backup)}#{shard}" for shard in range(IMAGE_SHARDS)]


def images_prefix(space: str) -> str:
    """What the sort keys of a collection's records begin with there.

    >>> images_prefix("posts")
    'R#posts#'
    """
    return f"R#{space}#"


def mark_key(backup: str, number: int) -> str:
    """Something that goes through the stream and is removed where it arrives; its sort key is MARK_SORT.

    >>> mark_key("k3v9", 17)
    'K#k3v9#17'
    """
    return f"{MARK_PREFIX}{escape(backup)}#{number}"


def space_of(record_key: str) -> str:
    """The space in a record's partition key; empty when it is something else's.

    >>> space_of("R#k3v9#abc"), space_of("U#k3v9#idx#2a")
    ('k3v9', '')
    """
    kind, _, rest = record_key.partition("#")
    return rest.partition("#")[0] if kind == RECORD_SORT else ""


def collection_sort(collection_id: str) -> str:
    """A collection's definition, within the CONFIG partition.

    >>> collection_sort("pbc_123")
    'C#pbc_123'
    """
    return COLLECTION_PREFIX + escape(collection_id)


def setting_sort(name: str) -> str:
    """One setting, within the CONFIG partition.

    >>> setting_sort("meta")
    'S#meta'
    """
    return SETTING_PREFIX + escape(name)


def escape(text: str) -> str:
    """Text that may stand between two separators.

    >>> escape("50% of #1")
    '50%25 of %231'
    >>> len(escape("x" * 5000)), escape("x" * 5000) == escape("x" * 4999 + "y")
    (300, False)
    """
    return _cut(quote(text, safe=_READABLE, errors="surrogatepass"), _LONGEST_PART)


def _cut(escaped: str, longest: int) -> str:
    if len(escaped) <= longest:
        return escaped
    # "%~" is nothing that quoting makes: what was cut is never the same as something short.
    tail = "%~" + hashlib.sha256(escaped.encode()).hexdigest()
    return escaped[: longest - len(tail)] + tail
