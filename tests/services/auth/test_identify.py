"""Tokens into records: who is let in, who is not, and what it costs to know."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import clock
from chalicelib.auth.identify import identify
from chalicelib.auth.tokens import new_auth_token, signing_key
from chalicelib.collections import load
from chalicelib.config import Config
from chalicelib.schema.record import Record
from chalicelib.security.jwt import sign_token
from chalicelib.storage.engine import Engine
from chalicelib.storage.transactions import Delete, write_together
from tests.people import add_person, change_person, set_auth_options


@pytest.fixture
def ann(defaults: Engine) -> Record:
    return add_person(id="annannannannann", email="ann@example.com")


def claims_of(record: Record, **changes: object) -> dict[str, object]:
    return {
        "type": "auth",
        "id": record.id,
        "collectionId": record.collection.id,
        "refreshable": True,
        **changes,
    }


def signed(record: Record, kind: str = "auth", seconds: int = 60, **changes: object) -> str:
    """A token that is well signed, with whatever claims."""
    return sign_token(
        claims_of(record, **changes), signing_key(record, kind), clock.now() + timedelta(seconds=seconds)
    )


def test_a_token_names_its_record(ann: Record) -> None:
    found = identify(new_auth_token(ann))
    assert found is not None
    assert (found.id, found.collection.name, found.get("email")) == (ann.id, "users", "ann@example.com")


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer ", "BEARER ", " "])
def test_the_word_bearer_may_be_there(ann: Record, prefix: str) -> None:
    assert identify(prefix + new_auth_token(ann)) is not None


def test_the_collection_may_be_named(ann: Record) -> None:
    assert identify(signed(ann, collectionId="users")) is not None


REFUSED: dict[str, Callable[[Record], str]] = {
    "nothing": lambda ann: "",
    "nonsense": lambda ann: "nonsense",
    "another scheme": lambda ann: "Basic " + new_auth_token(ann),
    "two spaces": lambda ann: "Bearer  " + new_auth_token(ann),
    "expired": lambda ann: signed(ann, seconds=-1),
    "a verification token": lambda ann: signed(ann, "verification", type="verification"),
    "a file token": lambda ann: signed(ann, "file", type="file"),
    "an auth token signed as a file token": lambda ann: signed(ann, "file"),
    "a file token signed as an auth token": lambda ann: signed(ann, type="file"),
    "an unknown type": lambda ann: signed(ann, type="root"),
    "an unknown record": lambda ann: signed(ann, id="nobodynobodyno"),
    "another's id": lambda ann: signed(ann, id=add_person(id="bobbobbobbobbob", email="b@example.com").id),
    "an unknown collection": lambda ann: signed(ann, collectionId="nope"),
    "the superusers' collection": lambda ann: signed(ann, collectionId="_superusers"),
    "a collection that nobody signs in to": lambda ann: signed(ann, collectionId="_mfas"),
    "the id of another kind of item": lambda ann: signed(ann, id="a#b"),
    "signed with the token key alone": lambda ann: sign_token(
        claims_of(ann), str(ann.get("tokenKey")), clock.now() + timedelta(seconds=60)
    ),
    "a key of nothing": lambda ann: sign_token(claims_of(ann), "x" * 64, clock.now() + timedelta(seconds=60)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_everybody_else_is_a_guest(ann: Record, name: str) -> None:
    assert identify(REFUSED[name](ann)) is None


def test_a_new_token_key_revokes(ann: Record) -> None:
    token = new_auth_token(ann)
    change_person(ann, tokenKey="x" * 50)
    assert identify(token) is None


def test_a_new_secret_revokes(ann: Record) -> None:
    token = new_auth_token(ann)
    options = load.get_collection("users").auth
    assert options is not None
    set_auth_options("users", auth_token=replace(options.auth_token, secret="z" * 50))
    assert identify(token) is None


def test_a_removed_record_is_nobody(ann: Record) -> None:
    token = new_auth_token(ann)
    write_together([Delete(ann)])
    assert identify(token) is None


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "Bearer ", "x" * 10_000])
def test_what_cannot_be_a_token_costs_nothing(defaults: Engine, token: str) -> None:
    defaults.calls.reset()
    assert identify(token) is None
    assert defaults.calls.total == 0


def test_record_and_version_are_read_in_one_call(ann: Record, defaults: Engine) -> None:
    token = new_auth_token(ann)
    defaults.calls.reset()
    assert identify(token) is not None
    assert dict(defaults.calls.by_operation) == {"BatchGetItem": 1}


def test_while_the_collections_are_fresh_the_version_is_not_asked_for(
    ann: Record, defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "get_config", lambda: Config(config_ttl=60))
    token = new_auth_token(ann)
    load.get_catalog()
    load.note_version(load.get_snapshot().version)
    defaults.calls.reset()
    assert identify(token) is not None
    assert dict(defaults.calls.by_operation) == {"GetItem": 1}


def test_a_change_of_the_collections_is_noticed_on_the_way(ann: Record, defaults: Engine) -> None:
    """Another process has given the collection a new secret: this one's memory is of before."""
    token = new_auth_token(ann)
    before = load.get_snapshot()
    options = load.get_collection("users").auth
    assert options is not None
    set_auth_options("users", auth_token=replace(options.auth_token, secret="z" * 50))
    load.note_saved(before, load.get_newest().version)
    assert identify(token) is None
    assert load.get_collection("users").auth is not before.catalog.find("users").auth
