"""What is asked for before it is needed."""

from dataclasses import replace

import pytest

from chalicelib.filters.joins import Caller, Related
from chalicelib.filters.prefetch import prefetch
from chalicelib.schema.record import Record
from tests.unit.filters.world import MemorySource


@pytest.mark.parametrize(
    ("boss", "asked"),
    [("cid", [("ids", "people", "cid")]), ("", []), (None, [])],
    ids=["new", "none", "gone"],
)
def test_of_the_caller_as_the_request_has_left_him(
    source: MemorySource, monkeypatch: pytest.MonkeyPatch, boss: str | None, asked: list[tuple[str, ...]]
) -> None:
    before = source.add("people", id="me", boss="bob")

    def as_left(record: Record) -> Record | None:
        return None if boss is None else replace(record, values={**record.values, "boss": boss})

    monkeypatch.setattr(source, "as_left", as_left)
    caller = Caller(before)
    prefetch([caller, Related(caller, "boss", "cpeople")], [], source)
    assert source.asked == asked
