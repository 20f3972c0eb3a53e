"""What hangs on records of a deleted collection goes with it, however much it is; what is others' stays."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.auth.attach import new_attachment
from chalicelib.collections import purge
from chalicelib.collections.create import create_collection
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.import_many import import_collections
from chalicelib.collections.load import get_catalog
from chalicelib.collections.purge import KIND, run_some
from chalicelib.collections.save import Change, save_change
from chalicelib.records.attached import EXTERNAL, MFAS, ORIGINS, OTPS, find_attached
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import ATTACHED, new_space
from chalicelib.schema.record import Record
from chalicelib.storage import rowids
from chalicelib.storage.engine import Engine
from chalicelib.storage.tasks import find_tasks
from chalicelib.storage.transactions import Create, Delete, write_together
from tests.people import HASH, add_person
from tests.services.collections.crash import survives

MEMBERS = {"name": "members", "type": "auth"}


def attach(owner: Record, count: int = 1, **more: Any) -> None:
    catalog = get_catalog()
    for number in range(count):
        values = {
            MFAS: {"method": "otp"},
            OTPS: {"password": HASH},
            EXTERNAL: {"provider": "oidc", "providerId": f"{owner.id}{number}"},
            ORIGINS: {"fingerprint": f"{owner.id}{number}"},
        }
        names = [name for name in values if number == 0 or name != EXTERNAL]  # a provider links once
        made = [new_attachment(owner, name, catalog, **values[name]) for name in names]
        write_together([Create(each) for each in made])


def attached_to(owner: Record) -> int:
    return len(find_attached(owner, ATTACHED, RelatedRecords()))


def finish() -> None:
    for _ in range(100):
        if not find_tasks(KIND):
            return
        run_some(1000)
    raise AssertionError("the work does not end")


@pytest.fixture
def two(defaults: Engine) -> tuple[Record, Record]:
    create_collection(MEMBERS)
    return add_person("members", email="a@example.com"), add_person("users", email="b@example.com")


def test_all_of_them_go_and_no_others(two: tuple[Record, Record]) -> None:
    ann, bob = two
    attach(ann, 9)
    attach(bob)
    delete_collection("members")
    assert (attached_to(ann), attached_to(bob), find_tasks(KIND)) == (0, 4, [])


def test_an_import_that_deletes_removes_as_much(two: tuple[Record, Record]) -> None:
    ann, bob = two
    attach(ann)
    attach(bob)
    import_collections({"collections": [{"name": "other"}], "deleteMissing": True})
    assert (attached_to(ann), attached_to(bob)) == (0, 0)


def test_a_collection_of_another_type_asks_nothing(defaults: Engine) -> None:
    create_collection({"name": "notes", "type": "base"})
    delete_collection("notes")
    defaults.calls.reset()
    create_collection({"name": "notes", "type": "base"})
    delete_collection("notes")
    base = defaults.calls.by_operation["Query"]
    create_collection(MEMBERS)
    defaults.calls.reset()
    delete_collection("members")
    assert defaults.calls.by_operation["Query"] > base


def test_more_than_there_is_time_for_is_left_to_the_task(
    two: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No query budget bounds it: whoever goes on with the task removes the rest."""
    monkeypatch.setattr(purge, "PORTION", 2)
    monkeypatch.setattr(purge, "MAX_AT_ONCE", 3)
    ann, _ = two
    attach(ann, 5)
    delete_collection("members")
    assert 0 < attached_to(ann) < 16
    finish()
    assert attached_to(ann) == 0


def test_a_crash_between_two_calls(defaults: Engine) -> None:
    """Every third call, before it is made and after in turn: the task's other tests try each."""
    for call in range(0, 1000, 3):
        create_collection(MEMBERS)
        ann = add_person("members", email="a@example.com")
        attach(ann)
        survived = survives(defaults, lambda: delete_collection("members"), call, done=bool(call % 2))
        if get_catalog().find("members"):
            assert attached_to(ann) == 4
            delete_collection("members")
        finish()
        assert attached_to(ann) == 0
        if survived:
            break
    assert call > 10


def test_what_is_made_since_for_a_collection_that_is_back_stays(
    two: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "MAX_AT_ONCE", 0)
    ann, _ = two
    attach(ann)
    delete_collection("members")
    create_collection(MEMBERS)
    eve = add_person("members", id=ann.id.replace("a", "e")[:14] + "e", email="e@example.com")
    assert eve.collection.id == ann.collection.id
    attach(eve)
    finish()
    assert (attached_to(ann), attached_to(eve)) == (0, 4)


def test_a_collection_that_comes_back_while_its_links_are_looked_for(
    two: tuple[Record, Record], defaults: Engine
) -> None:
    attach(two[0])
    send, made = defaults.send, list[Record]()
    (mfas,) = [each for each in get_catalog() if each.name == MFAS]

    def made_before(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "Query" and mfas.space in str(arguments):
            defaults.send = send
            create_collection(MEMBERS)
            made.append(add_person("members", id="eveeveeveeveeve", email="e@example.com"))
            attach(made[0])
        return send(operation, arguments)

    defaults.send = made_before
    delete_collection("members")
    assert (attached_to(two[0]), attached_to(made[0])) == (0, 4)


def test_imported_links_stay_whenever_their_collections_were_made(
    two: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their rowids are older than everything, and their spaces than a deletion while the import went on."""
    monkeypatch.setattr(purge, "MAX_AT_ONCE", 0)
    made = {name: new_space() for name in ATTACHED}
    ann, _ = two
    delete_collection("members")
    create_collection(MEMBERS)
    save_change(lambda catalog: Change(tuple(replace(each, space=made[each.name]) for each in _holders())))
    monkeypatch.setattr(rowids._rowids, "give", lambda: f"{1:016x}imported")
    attach(ann)
    finish()
    assert attached_to(ann) == 4


def _holders() -> list[Collection]:
    return [each for each in get_catalog() if each.name in ATTACHED]


def test_whoever_is_disturbed_removes_the_others(two: tuple[Record, Record], defaults: Engine) -> None:
    """Somebody else, such as the hourly clean-up, removes one of them first."""
    ann, _ = two
    attach(ann, 3)
    first, *_ = find_attached(ann, (OTPS,), RelatedRecords())
    send = defaults.send

    def removed_before(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and first.id in str(arguments):
            defaults.send = send
            write_together([Delete(first)])
        return send(operation, arguments)

    defaults.send = removed_before
    delete_collection("members")
    assert attached_to(ann) == 0


def test_it_costs(two: tuple[Record, Record], defaults: Engine) -> None:
    """For each of the four kinds two queries, and a transaction for what there is."""
    attach(two[0], 9)
    defaults.calls.reset()
    delete_collection("members")
    with_them = defaults.calls.by_operation.copy()
    create_collection(MEMBERS)
    add_person("members", email="a@example.com")
    defaults.calls.reset()
    delete_collection("members")
    without = defaults.calls.by_operation
    assert with_them["TransactWriteItems"] - without["TransactWriteItems"] <= 4
    assert with_them["Query"] - without["Query"] <= 8
