"""Every key of the table, each with an example. Nobody else builds one.

Parts that come from outside are escaped, so that no value can pass for another key, and cut with a hash when
long, so that every key fits. Records are kept under their collection's ``space``, which is random and never
given twice: a collection made anew under an old name finds nothing.
"""

import hashlib
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from chalicelib import clock, ids
from chalicelib.storage.order import sort_text

RECORD_SORT = "R"
UNIQUE_SORT = "U"
CONFIG = "CONFIG"
VERSION_SORT = "V"
VERSION_KEY = (CONFIG, VERSION_SORT)
COLLECTION_PREFIX = "C#"
SETTING_PREFIX = "S#"

_READABLE = " !\"$&'()*+,/:;<=>?@[]^`{|}"
_LONGEST_PART = 300
_LONGEST_VALUES = 1200


def record_key(space: str, record_id: str) -> str:
    """A record's partition; its sort key is RECORD_SORT.

    >>> record_key("k3v9", "abc123def456ghi")
    'R#k3v9#abc123def456ghi'
    """
    return f"R#{space}#{escape(record_id)}"


def rows_key(space: str) -> str:
    """The partition of `gsi1` that lists a collection's records in insertion order, sorted by rowid.

    The 0 is the number of the shard: hot collections will spread over several.

    >>> rows_key("k3v9")
    'R#k3v9#0'
    """
    return f"R#{space}#0"


def unique_key(space: str, index: str, values: Sequence[Any]) -> str:
    """What holds a unique index's values for one record; its sort key is UNIQUE_SORT.

    >>> unique_key("k3v9", "idx_email", ("a@example.com",))
    'U#k3v9#idx_email#2a@example.com'
    >>> unique_key("k3v9", "idx_slug", ("a#b", None))
    'U#k3v9#idx_slug#2a%23b#0'
    """
    joined = "#".join(escape(sort_text(value)) for value in values)
    return f"U#{space}#{escape(index)}#{_cut(joined, _LONGEST_VALUES)}"


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


def new_stamp() -> str:
    """Tells one write of an item from every other.

    >>> len(new_stamp())
    10
    """
    return ids.random_text(10)


class RowIds:
    """Gives insertion order to records: milliseconds, a counter within them, a random tail.

    Ids of one process only ever grow, even when its clock steps back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = (0, 0)

    def give(self) -> str:
        """The next one, 24 characters."""
        with self._lock:
            moment, count = self._last
            now = clock.unix_milliseconds()
            self._last = (now, 0) if now > moment else (moment + (count == 0xFFFF), (count + 1) & 0xFFFF)
            moment, count = self._last
        return f"{moment:012x}{count:04x}{ids.random_text(8, ids.RECORD_ID_ALPHABET)}"


_rowids = RowIds()


def new_rowid() -> str:
    """Text that sorts after that of every record this process made before.

    >>> new_rowid() < new_rowid()
    True
    """
    return _rowids.give()
