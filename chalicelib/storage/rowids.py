"""What a write gives a record: a stamp that no other has, and, at first, its place in insertion order."""

import threading

from chalicelib import clock, ids


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
