"""What hangs on records of a deleted collection goes with it; what is others' stays."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.auth.attach import new_attachment
from chalicelib.collections.create import create_collection
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.load import get_catalog
from chalicelib.config import get_config
from chalicelib.records import related
from chalicelib.records.attached import ATTACHED, EXTERNAL, MFAS, ORIGINS, OTPS, find_attached
from chalicelib.records.orphans import remove_orphans
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.transactions import Create, Delete, write_together
from tests.logged import kept_lines
from tests.people import HASH, add_person


def attach(owner: Record, count: int = 1) -> None:
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


@pytest.fixture
def two(defaults: Engine) -> tuple[Record, Record]:
    create_collection({"name": "members", "type": "auth"})
    return add_person("members", email="a@example.com"), add_person("users", email="b@example.com")


def test_all_of_them_go_and_no_others(two: tuple[Record, Record]) -> None:
    ann, bob = two
    attach(ann, 9)
    attach(bob)
    remove_orphans(delete_collection("members"))
    assert (attached_to(ann), attached_to(bob)) == (0, 4)


def test_a_collection_of_another_type_asks_nothing(defaults: Engine) -> None:
    create_collection({"name": "notes", "type": "base"})
    deleted = delete_collection("notes")
    defaults.calls.reset()
    remove_orphans(deleted)
    assert defaults.calls.total == 0


def test_it_costs(two: tuple[Record, Record], defaults: Engine) -> None:
    """A query for each kind, and a transaction for what there is."""
    attach(two[0])
    deleted = delete_collection("members")
    defaults.calls.reset()
    remove_orphans(deleted)
    assert defaults.calls.by_operation["TransactWriteItems"] == 1
    assert defaults.calls.by_operation["Query"] <= 4


def test_whoever_is_disturbed_starts_over(two: tuple[Record, Record], defaults: Engine) -> None:
    """Somebody else, such as the hourly clean-up, removes one of them first."""
    ann, _ = two
    attach(ann)
    deleted = delete_collection("members")
    (code,) = find_attached(ann, (OTPS,), RelatedRecords())
    send, pauses = defaults.send, list[float]()

    def removed_before(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems":
            defaults.send = send
            write_together([Delete(code)])
        return send(operation, arguments)

    defaults.send, defaults.pause = removed_before, pauses.append
    remove_orphans(deleted)
    assert attached_to(ann) == 0 and len(pauses) == 1


def test_more_than_may_be_read_stay_and_are_told(
    two: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(two[0], 5)
    deleted = delete_collection("members")
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=4))
    with kept_lines() as lines:
        remove_orphans(deleted)
    assert [each["message"] for each in lines] == ["links to a deleted collection are left"]
