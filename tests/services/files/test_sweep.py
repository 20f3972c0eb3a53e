"""Notes of files, and what is left to those who come by later."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.collections import load
from chalicelib.collections.save import Change, save_change
from chalicelib.config import get_config
from chalicelib.errors import Overloaded
from chalicelib.files.keeping import RECORDS_AT_ONCE
from chalicelib.files.notes import PLACES_IN_NOTE, keep_notes, places_in
from chalicelib.files.places import Place
from chalicelib.files.store import Store
from chalicelib.jobs.files import describe_notes, sweep_files
from chalicelib.records.delete import delete_record
from chalicelib.storage.engine import Engine
from tests.services.files.wires import Cut, Wires, create
from tests.services.files.world import (
    A,
    everything,
    kept_keys,
    notes,
    png,
    require_consistent,
    upload,
)
from tests.services.records.world import add, ask, collection
from tests.storage.faults import Fault, Faulty


def test_what_is_being_written_is_not_swept(archive: Store) -> None:
    swept = []
    send = archive.send

    def sweeping(operation: str, arguments: Any) -> Any:
        answer = send(operation, arguments)
        if operation == "PutObject":
            swept.append(sweep_files(100))
        return answer

    archive.send = sweeping
    create("papers", one=upload())
    assert swept == [0]
    require_consistent(archive)


def test_a_note_that_cannot_be_settled_stands_in_nobodys_way(
    archive: Store, wait_minutes: Callable[[int], None]
) -> None:
    for name in ("a.txt", "b.txt"):
        with Wires(3, is_end=True).around(archive), suppress(Cut):
            create("papers", one=upload(name))
    assert len(notes()) == 2
    wait_minutes(17)
    archive.send = Faulty(archive.send, [Fault("DeleteObjects", Overloaded())])
    assert sweep_files(100) == 1
    assert sweep_files(100) == 1
    require_consistent(archive)


def test_the_files_of_many_records_go_later(archive: Store, wait_minutes: Callable[[int], None]) -> None:
    """So that one deletion does not outlast its request."""
    create("papers", id=A, one=upload())
    for _ in range(RECORDS_AT_ONCE):
        create("pages", paper=A, scan=upload("e.png", png()))
    before = kept_keys(archive)
    delete_record("papers", A, ask())
    assert everything() == []
    assert kept_keys(archive) == before
    assert sweep_files(100) == 0
    assert len(describe_notes()) == 1
    wait_minutes(17)
    assert sweep_files(100) == len(before)
    require_consistent(archive)


def test_as_many_notes_as_it_takes(archive: Store, wait_minutes: Callable[[int], None]) -> None:
    places = [Place("papers_id", f"{number:015}", "a" * 130) for number in range(2 * PLACES_IN_NOTE + 1)]
    kept = keep_notes(places)
    assert [len(places_in(note)) for note in kept] == [PLACES_IN_NOTE, PLACES_IN_NOTE, 1]
    assert "papers_id/000000000000400: 1 files are written or removed" in describe_notes()
    wait_minutes(17)
    assert [sweep_files(1) for _ in range(4)].count(0) == 1
    assert notes() == []


def test_a_note_that_was_kept_twice_is_kept(archive: Store, defaults: Engine) -> None:
    """The answer got lost, the call was repeated by itself, and met its own item."""
    send = defaults.send

    def twice(operation: str, arguments: Any) -> Any:
        if operation == "PutItem":
            send(operation, arguments)
        return send(operation, arguments)

    defaults.send = twice
    (note,) = keep_notes([Place("papers_id", A, "a.txt")])
    assert notes() == [note]


def test_what_is_restored_under_a_new_space_is_kept(
    archive: Store, wait_minutes: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file belongs to a collection's id: whoever deletes one and makes it again keeps what it names."""
    with Wires(3, is_end=True).around(archive), suppress(Cut):
        create("papers", id=A, one=upload())
    (note,) = notes()
    (place,) = places_in(note)
    former = load.get_snapshot()
    paper = collection("papers")
    save_change(lambda catalog: Change(put=(replace(paper, space="another"),)))
    add("papers", id=A, one=place.name)
    archive.put(place.key, b"moved over", "text/plain")
    wait_minutes(17)
    # Another function has made it, a moment ago: this one does not know yet.
    monkeypatch.setattr(load, "get_config", lambda: replace(get_config(), config_ttl=60))
    monkeypatch.setattr(load._memory, "held", replace(former, checked=clock.unix_milliseconds()))
    sweep_files(100)
    require_consistent(archive)
    assert kept_keys(archive) == {place.key}
