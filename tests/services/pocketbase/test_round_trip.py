"""From PocketBase to Quoll and back: three servers that have the same data give the same answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.collections.load import get_collection
from chalicelib.files.store import Store
from chalicelib.pocketbase.export_data import export_data
from chalicelib.settings.load import get_newest_settings
from chalicelib.settings.seal import open_secret
from dev.gateway import Gateway
from tests.servers import Server, pocketbase
from tests.services.pocketbase.conftest import Bring
from tests.services.pocketbase.directory import (
    ANN,
    EXPRESSION,
    SECOND,
    SECRET,
    WORD,
    Directory,
    Talker,
    answer_of,
)

pytestmark = [pytest.mark.parity, pytest.mark.xdist_group("pocketbase")]

SIGN_INS = [("users", ANN, WORD), ("clients", "client-1", WORD), ("_superusers", SECOND, WORD)]


@pytest.fixture
def carried(bring: Bring) -> list[str]:
    return bring()


def without_own(answer: Any) -> Any:
    """Without what cannot be carried: the index on an expression, and what only Quoll tells."""
    if isinstance(answer, dict):
        answer = {key: without_own(value) for key, value in answer.items() if key != "quoll"}
        if "indexes" in answer:
            answer["indexes"] = [text for text in answer["indexes"] if text != EXPRESSION]
    return [without_own(each) for each in answer] if isinstance(answer, list) else answer


def ask(gateway: Gateway, method: str, path: str, token: str = "", body: Any = None) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": token} if token else {})
    status, _, raw = gateway.handle(method, path, headers, json.dumps(body).encode() if body else b"")
    return status, raw


def test_what_was_not_carried_is_told(carried: list[str]) -> None:
    assert [each.split(":")[0] for each in carried] == ["posts", "Logs are not carried."]
    assert EXPRESSION in carried[0]


def difference(expected: tuple[int, Any], found: tuple[int, Any]) -> str:
    """What is not the same in two answers; "" when all is."""
    return "" if found == expected else f"expected {expected}\n   found {found}\n"


def test_quoll_answers_as_pocketbase_did(
    gateway: Gateway, carried: list[str], bucket: Store, directory: Directory
) -> None:
    for (who, path), (status, expected) in directory.answers.items():
        found, raw = ask(gateway, "GET", path, directory.tokens.get(who, ""))
        answer = raw if isinstance(expected, bytes) else without_own(json.loads(raw))
        assert not difference((status, without_own(expected)), (found, answer)), f"{who} {path}"


@pytest.mark.parametrize(("collection", "identity", "password"), SIGN_INS)
def test_passwords_work_in_quoll(
    gateway: Gateway, carried: list[str], collection: str, identity: str, password: str
) -> None:
    body = {"identity": identity, "password": password}
    status, raw = ask(gateway, "POST", f"/api/collections/{collection}/auth-with-password", body=body)
    assert status == 200, raw
    wrong = ask(
        gateway, "POST", f"/api/collections/{collection}/auth-with-password", body={**body, "password": "x"}
    )
    assert wrong[0] == 400


def test_issued_tokens_work_in_quoll(gateway: Gateway, carried: list[str], directory: Directory) -> None:
    for name, collection in (("ann", "users"), ("client", "clients"), ("second", "_superusers")):
        status, raw = ask(
            gateway, "POST", f"/api/collections/{collection}/auth-refresh", directory.tokens[name]
        )
        assert status == 200, raw


def test_secrets_of_settings_are_sealed(carried: list[str]) -> None:
    sealed = get_newest_settings().smtp.password
    assert SECRET not in sealed
    assert open_secret(sealed, "smtp.password") == SECRET


def test_new_records_come_after_the_imported_ones(
    gateway: Gateway, carried: list[str], directory: Directory
) -> None:
    token = directory.tokens["second"]
    status, raw = ask(gateway, "POST", "/api/collections/labels/records", token, {"id": "new"})
    assert status == 200, raw
    listed = json.loads(ask(gateway, "GET", "/api/collections/labels/records?sort=@rowid", token)[1])
    assert [each["id"] for each in listed["items"]] == ["red", "green-ish", "new"]


def test_unique_values_are_held(gateway: Gateway, carried: list[str], directory: Directory) -> None:
    token = directory.tokens["second"]
    status, raw = ask(gateway, "POST", "/api/collections/posts/records", token, {"mail": "mail1@EXAMPLE.com"})
    assert (status, json.loads(raw)["data"]["mail"]["code"]) == (400, "validation_not_unique")


def test_nothing_is_left_to_build(carried: list[str]) -> None:
    posts = get_collection("posts")
    assert not posts.unfinished
    assert [slot.index or slot.field_id for slot in posts.ready_slots][:2] == ["idx_likes", "idx_mail"]


@pytest.fixture
def exported(carried: list[str], tmp_path: Path) -> Iterator[Server]:
    assert export_data(tmp_path / "data", lambda text: None) == []
    with pocketbase(tmp_path, has_superuser=True) as server:
        yield server


def test_pocketbase_starts_on_the_export_and_answers_the_same(exported: Server, directory: Directory) -> None:
    for (who, path), (status, expected) in directory.answers.items():
        found, answer = answer_of(Talker(exported, directory.tokens.get(who, "")), path)
        assert not difference((status, without_own(expected)), (found, without_own(answer))), f"{who} {path}"
    for collection, identity, password in SIGN_INS:
        assert Talker(exported).sign_in(collection, identity, password)
    client = Talker(exported, directory.tokens["client"])
    assert (
        client.ask("POST", "/api/collections/clients/auth-refresh")["record"]["id"]
        == directory.names["client"]
    )
    root = Talker(exported, Talker(exported).sign_in("_superusers", SECOND, WORD))
    made = root.ask("POST", "/api/collections/posts/records", {"title": "after"})
    last = root.ask("GET", "/api/collections/posts/records?sort=-@rowid&perPage=1")["items"][0]
    assert last["id"] == made["id"]
    status, raw = root.send("POST", "/api/collections/posts/records", {"mail": "mail1@EXAMPLE.com"})
    assert (status, json.loads(raw)["data"]["mail"]["code"]) == (400, "validation_not_unique")
