"""Files of records that are removed by tasks, and of writes that go together with something else."""

from collections.abc import Callable

import pytest

from chalicelib.collections.delete import delete_collection
from chalicelib.files.keeping import write_with_files
from chalicelib.files.named import files_of
from chalicelib.files.store import Store
from chalicelib.jobs.tasks import describe_tasks, run_tasks
from chalicelib.records.delete import delete_record
from chalicelib.records.truncate import truncate
from chalicelib.storage.claims import Planned
from chalicelib.storage.conditions import Holds
from chalicelib.storage.engine import TRANSACTION_MAX, CheckItem
from chalicelib.storage.failures import Conflict
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import Delete
from tests.services.files.wires import create
from tests.services.files.world import A, everything, kept_keys, require_consistent, upload
from tests.services.records.world import add, ask, collection


def finish() -> None:
    for _ in range(100):
        if not run_tasks(1000, 60):
            return
    raise AssertionError("the work does not end")


def test_more_than_a_transaction_holds_goes_with_its_files(
    archive: Store, wait_minutes: Callable[[int], None]
) -> None:
    create("papers", id=A, one=upload())
    for number in range(TRANSACTION_MAX + 5):
        (place,) = files_of(add("pages", id=f"{number:015}", paper=A, scan="scan.txt"))
        archive.put(place.key, b"scanned", "text/plain")
    delete_record("papers", A, ask())
    finish()
    wait_minutes(17)
    finish()
    assert everything() == []
    assert describe_tasks() == []
    require_consistent(archive)


def test_a_deleted_collection_takes_its_files_along(archive: Store) -> None:
    create("papers", id=A, one=upload(), many=[upload("a.txt"), upload("b.txt")])
    create("pages", scan=upload("c.txt"))
    before = kept_keys(archive)
    delete_collection("vaults")
    assert kept_keys(archive) == before
    delete_collection("pages")
    finish()
    assert {key.partition("/")[0] for key in kept_keys(archive)} == {"papers_id"}


def test_truncating_takes_files_along(archive: Store) -> None:
    create("papers", id=A, one=upload(), many=[upload("a.txt")])
    truncate(collection("papers"))
    assert kept_keys(archive) == set()
    require_consistent(archive)


def test_files_stay_when_what_goes_beside_is_refused(archive: Store) -> None:
    create("papers", id=A, one=upload())
    record = find_record(collection("papers"), A)
    assert record
    beside = Planned(CheckItem(("nobody", "nothing"), Holds("rev", 1)), Conflict("nobody"))
    with pytest.raises(Conflict):
        write_with_files([Delete(record)], [beside])
    assert len(kept_keys(archive)) == 1
    require_consistent(archive)
