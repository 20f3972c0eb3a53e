"""Batches with files that fail or are cut off anywhere: all of one is there with its files, or nothing."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.errors import ApiError, BadRequest
from chalicelib.files.store import Store
from chalicelib.jobs.files import sweep_files
from chalicelib.records.batch import run_batch
from chalicelib.records.batch_requests import Asked
from chalicelib.storage.failures import StorageFailure
from tests.services.files.wires import Cut, Wires, fill, update
from tests.services.files.world import (
    A,
    B,
    C,
    everything,
    kept_keys,
    named_keys,
    require_consistent,
    upload,
)
from tests.services.records.world import ask

PAPERS = "/api/collections/papers/records"
MOST_CALLS = 60
KeepWorld = Callable[[], Callable[[], None]]


def several() -> list[Asked]:
    """A record that comes, gets another file and loses its first; one that changes; two that go."""
    return [
        Asked("POST", PAPERS, body={"id": C, "title": "new", "many": [upload("one.txt"), upload("two.txt")]}),
        Asked("PATCH", f"{PAPERS}/{A}", body={"one": upload("other.txt")}),
        Asked("PATCH", f"{PAPERS}/{C}", body={"many": [upload("three.txt")]}),
        Asked("DELETE", f"{PAPERS}/{B}"),
        Asked("DELETE", f"/api/collections/pages/records/{A}"),
    ]


def failing() -> list[Asked]:
    return [*several(), Asked("POST", PAPERS, body={"title": "new"})]


def run(asked: list[Asked]) -> Any:
    return run_batch(asked, ask(), seconds=60)


def files_of_all() -> dict[str, list[str]]:
    """The files of each record, by their names without what is random."""
    return {
        f"{each.collection.name}/{each.id}": sorted(key.split("/")[2][:5] for key in named_keys([each]))
        for each in everything()
    }


BEFORE = {
    f"papers/{A}": ["a" , "b", "c"],
    f"papers/{B}": ["d"],
    f"pages/{A}": ["e"],
}  # fmt: skip
AFTER = {f"papers/{A}": ["b", "c", "other"], f"papers/{C}": ["three"]}


def begins(found: dict[str, list[str]], wanted: dict[str, list[str]]) -> bool:
    return found.keys() == wanted.keys() and all(
        len(found[key]) == len(names) and all(map(str.startswith, found[key], names))
        for key, names in wanted.items()
    )


def test_files_come_and_go_with_their_records(archive: Store) -> None:
    fill()
    assert begins(files_of_all(), BEFORE)
    run(several())
    assert begins(files_of_all(), AFTER)
    require_consistent(archive)


def test_what_came_and_went_is_never_put(archive: Store) -> None:
    put: list[str] = []
    send = archive.send

    def watched(operation: str, arguments: Any) -> Any:
        put.extend([operation] if operation == "PutObject" else [])
        return send(operation, arguments)

    fill()
    archive.send = watched
    run(several())
    assert len(put) == 2  # other.txt and three.txt


def test_one_that_fails_leaves_no_file(archive: Store) -> None:
    fill()
    kept = kept_keys(archive)
    with pytest.raises(BadRequest):
        run(failing())
    assert begins(files_of_all(), BEFORE)
    assert kept_keys(archive) == kept
    require_consistent(archive)


@pytest.mark.parametrize("way", ["answer lost", "happens late", "cut off"])
def test_whatever_goes_wrong(
    way: str, archive: Store, keep_world: KeepWorld, wait_minutes: Callable[[int], None]
) -> None:
    fill()
    put_back = keep_world()
    for at in range(1, MOST_CALLS):
        put_back()
        wires = Wires(at, way in ("answer lost", "cut off"), way == "cut off", way == "happens late")
        with wires.around(archive), suppress(Cut, ApiError, StorageFailure):
            run(several())
        with suppress(StorageFailure):
            wires.late()
        assert named_keys(everything()) <= kept_keys(archive), f"call {at}"
        wait_minutes(17)
        while sweep_files(1):
            continue
        require_consistent(archive)
        if wires.count < at:
            assert begins(files_of_all(), AFTER)
            return
        assert begins(files_of_all(), BEFORE) or begins(files_of_all(), AFTER), f"call {at}: half is done"
    pytest.fail("the batch makes more calls than were tried")


def test_somebody_else_in_between(archive: Store, keep_world: KeepWorld) -> None:
    """Both happen, whichever is first: nothing is lost, and nothing is left."""
    fill()
    put_back = keep_world()
    for at in range(1, MOST_CALLS):
        put_back()
        wires = Wires(at, before=lambda: update(**{"many+": upload("mine.txt")}))
        with wires.around(archive):
            run(several())
        require_consistent(archive)
        if wires.count < at:
            return
        assert begins(files_of_all(), {**AFTER, f"papers/{A}": ["b", "c", "mine_", "other"]}), f"call {at}"
    pytest.fail("the batch makes more calls than were tried")
