"""Rowids: whatever the clock does, they only grow."""

import pytest

from chalicelib.storage import rowids
from chalicelib.storage.rowids import RowIds


def test_rowids_grow_though_the_clock_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([1000, 1000, 999, 1, 1001])
    monkeypatch.setattr(rowids.clock, "unix_milliseconds", lambda: next(moments))
    given = RowIds()
    made = [given.give() for _ in range(5)]
    assert made == sorted(made)
    assert len({each[:16] for each in made}) == 5


def test_a_full_counter_borrows_from_the_next_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rowids.clock, "unix_milliseconds", lambda: 1000)
    monkeypatch.setattr(rowids.ids, "random_text", lambda length, alphabet: "")
    given = RowIds()
    made = [given.give() for _ in range(0x10001)]
    assert made == sorted(set(made))
