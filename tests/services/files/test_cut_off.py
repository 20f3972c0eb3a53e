"""Writes of records with files that fail or are cut off anywhere: none names a file that is not there.

Each write is tried with each of its calls, to DynamoDB or to S3, going wrong in each way; and with somebody
else's write in between, before each of its calls.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.collections.delete import delete_collection
from chalicelib.errors import ApiError, Overloaded
from chalicelib.files.store import Store
from chalicelib.jobs.files import describe_notes, sweep_files
from chalicelib.records.delete import delete_record
from chalicelib.records.truncate import truncate
from chalicelib.storage.failures import StorageFailure
from tests.services.files.wires import Action, Cut, Wires, create, fill, update
from tests.services.files.world import (
    A,
    everything,
    kept_keys,
    named_keys,
    notes,
    require_consistent,
    upload,
)
from tests.services.records.world import ask, collection

MOST_CALLS = 60
KeepWorld = Callable[[], Callable[[], None]]


def drop_first_of_many() -> Any:
    paper = next(each for each in everything() if each.id == A)
    return update(**{"many-": paper.get("many")[:1]})


ACTIONS: Mapping[str, Action] = {
    "create": lambda: create("papers", title="new", one=upload(), many=[upload("b.txt"), upload("c.txt")]),
    "create, not unique": lambda: create("papers", title="first", one=upload()),
    "replace": lambda: update(one=upload("other.txt")),
    "append": lambda: update(**{"many+": upload("more.txt")}),
    "replace, not unique": lambda: update(one=upload("other.txt"), title="second"),
    "drop one": drop_first_of_many,
    "drop all": lambda: update(many=[]),
    "delete with what refers to it": lambda: delete_record("papers", A, ask()),
    "truncate": lambda: truncate(collection("papers")),
}
# Somebody else at the same time.
OTHERS: Mapping[str, Action] = {
    "replaces the same file": lambda: update(one=upload("mine.txt")),
    "appends": lambda: update(**{"many+": upload("mine.txt")}),
    "drops all": lambda: update(one="", many=[]),
    "deletes": lambda: delete_record("papers", A, ask()),
    "sweeps": lambda: sweep_files(100),
}


def records_as_stored() -> dict[str, Any]:
    return {
        f"{each.collection.name}/{each.id}": (each.rev, sorted(named_keys([each]))) for each in everything()
    }


@pytest.mark.parametrize("way", ["fails", "answer lost", "happens late", "cut off"])
@pytest.mark.parametrize("name", ACTIONS)
def test_whatever_goes_wrong(
    name: str,
    way: str,
    archive: Store,
    keep_world: KeepWorld,
    wait_minutes: Callable[[int], None],
) -> None:
    """At once no record names a missing file; once swept, nothing else is there either."""
    fill()
    before, put_back = records_as_stored(), keep_world()
    for at in range(1, MOST_CALLS):
        put_back()
        wires = Wires(at, way in ("answer lost", "cut off"), way == "cut off", way == "happens late")
        with wires.around(archive), suppress(Cut, ApiError, StorageFailure):
            ACTIONS[name]()
        with suppress(StorageFailure):
            wires.late()
        assert named_keys(everything()) <= kept_keys(archive), f"call {at}"
        assert (describe_notes() == []) == (notes() == [])
        wait_minutes(17)
        while sweep_files(1):
            continue
        require_consistent(archive)
        if wires.count < at:
            return
        assert len(before) - len(records_as_stored()) in (-1, 0, 2, 3), "something is half done"
    pytest.fail("the write makes more calls than were tried")


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", ["replace", "append", "drop all", "delete with what refers to it"])
def test_two_at_once(name: str, other: str, archive: Store, keep_world: KeepWorld) -> None:
    """Nothing is lost and nothing is left, without any sweeping."""
    fill()
    put_back = keep_world()
    for at in range(1, MOST_CALLS):
        put_back()
        wires = Wires(at, before=OTHERS[other])
        with wires.around(archive), suppress(ApiError):
            ACTIONS[name]()
        require_consistent(archive)
        if wires.count < at:
            return
    pytest.fail("the write makes more calls than were tried")


def test_a_removal_under_way_meets_no_new_file(archive: Store) -> None:
    """Who lost a race, and cannot be sure that its files are gone, does not put them again."""
    fill()
    send, removing = archive.send, []

    def slow(operation: str, arguments: Any) -> Any:
        if operation == "PutObject" and not removing:
            removing.append(True)
            update(one=upload("mine.txt"))
            archive.send = fails
        return send(operation, arguments)

    def fails(operation: str, arguments: Any) -> Any:
        if operation == "DeleteObjects":
            raise Overloaded
        return send(operation, arguments)

    archive.send = slow
    with pytest.raises(Overloaded):
        update(one=upload("theirs.txt"))
    archive.send = send
    (paper,) = [each for each in everything() if (each.collection.name, each.id) == ("papers", A)]
    assert paper.get("one").startswith("mine_")
    assert named_keys(everything()) <= kept_keys(archive)
    assert len(notes()) == 1


def test_a_deleted_collection_takes_its_files(archive: Store) -> None:
    fill()
    delete_collection("pages")
    assert kept_keys(archive) == named_keys(everything())
    assert not list(archive.list_keys("pages_id/"))
