"""Settings are saved whole, never over somebody else's, and seen by other functions."""

import json

import pytest

from chalicelib import ids
from chalicelib.collections import load
from chalicelib.collections.update import update_collection
from chalicelib.errors import BadRequest, Overloaded, TooManyRequests, ValidationFailed
from chalicelib.settings import seal
from chalicelib.settings.load import get_newest_settings, get_settings, peek_settings
from chalicelib.settings.model import Settings
from chalicelib.settings.save import ATTEMPTS, change_settings, save_settings
from chalicelib.settings.seal import open_secret
from chalicelib.storage.collections import load_all
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, Unavailable
from chalicelib.storage.secrets import SecretMissing
from tests.storage.faults import Fault, Faulty

HUSH = "this-must-not-be-seen"


def stored() -> str:
    return json.dumps(load_all().settings)


def test_what_a_body_names_is_changed(defaults: Engine) -> None:
    assert change_settings({"meta": {"appName": "Beta"}}).meta.app_name == "Beta"
    change_settings({"logs": {"maxDays": 1}})
    load.forget()  # another function
    assert (get_settings().meta.app_name, get_settings().logs.max_days) == ("Beta", 1)
    assert get_settings().smtp.port == 587


def test_the_own_change_is_seen_without_a_read(defaults: Engine) -> None:
    change_settings({"meta": {"appName": "Beta"}})
    defaults.calls.reset()
    assert peek_settings().meta.app_name == "Beta"
    assert defaults.calls.total == 0


def test_what_it_costs(defaults: Engine) -> None:
    get_settings()
    defaults.send = faulty = Faulty(defaults.send)
    change_settings({"meta": {"appName": "Beta"}})
    assert [operation for operation, _ in faulty.asked] == ["GetItem", "TransactWriteItems"]
    assert len(faulty.asked[1][1]["TransactItems"]) == 2
    faulty.asked.clear()
    change_settings({"meta": {"appName": "Beta"}})  # as it is already
    get_newest_settings()
    assert [operation for operation, _ in faulty.asked] == ["GetItem", "GetItem"]


def test_a_secret_that_cannot_be_sealed_is_refused_and_nothing_changes(
    defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise SecretMissing(f"The secret {name} cannot be read: `provision` makes it")

    monkeypatch.setattr(seal, "get_secret", missing)
    with pytest.raises(BadRequest, match="settings-key cannot be read: `provision` makes it") as refused:
        change_settings({"meta": {"appName": "Other"}, "smtp": {"password": "hush"}})
    assert refused.value.status == 400 and "hush" not in refused.value.message
    assert get_newest_settings().meta.app_name != "Other"
    assert change_settings({"meta": {"appName": "Other"}}).meta.app_name == "Other"


def test_secrets_are_stored_sealed_and_kept(defaults: Engine) -> None:
    change_settings({"smtp": {"password": HUSH, "username": "me"}})
    first = get_newest_settings().smtp.password
    change_settings({"smtp": {"username": "you"}})
    assert HUSH not in stored()
    load.forget()
    assert get_settings().smtp.password == first
    assert open_secret(first, "smtp.password") == HUSH
    change_settings({"smtp": {"password": ""}})
    assert get_newest_settings().smtp.password == ""


def test_two_writers_lose_nothing(defaults: Engine) -> None:
    def decide(former: Settings) -> Settings:
        if former.meta.app_name == "Acme":
            change_settings({"meta": {"appName": "Beta"}})  # somebody else, just now
        return former.merged_with({"logs": {"maxDays": 9}})

    save_settings(decide)
    load.forget()
    assert (get_settings().meta.app_name, get_settings().logs.max_days) == ("Beta", 9)


def test_a_changed_collection_loses_no_setting(defaults: Engine) -> None:
    def decide(former: Settings) -> Settings:
        if load.get_collection("users").list_rule is not None:
            update_collection("users", {"listRule": None})
        return former.merged_with({"logs": {"maxDays": 9}})

    save_settings(decide)
    load.forget()
    assert (load.get_collection("users").list_rule, get_settings().logs.max_days) == (None, 9)


def test_who_loses_again_and_again_is_told_so(defaults: Engine) -> None:
    asked: list[Settings] = []

    def decide(former: Settings) -> Settings:
        asked.append(former)
        update_collection("users", {"listRule": f"id = '{len(asked)}'"})
        return former.merged_with({"logs": {"maxDays": 100 + len(asked)}})

    defaults.pause = lambda seconds: None
    with pytest.raises(TooManyRequests):
        save_settings(decide)
    assert len(asked) == ATTEMPTS
    assert load_all().settings == {}


@pytest.mark.parametrize("done_anyway", [False, True])
def test_a_throttled_write_is_tried_again(defaults: Engine, done_anyway: bool) -> None:
    defaults.pause = lambda seconds: None
    fault = Fault("TransactWriteItems", Busy("throttled"), times=2, done_anyway=done_anyway)
    defaults.send = Faulty(defaults.send, [fault])
    assert change_settings({"meta": {"appName": "Beta"}}).meta.app_name == "Beta"
    load.forget()
    assert get_settings().meta.app_name == "Beta"


def test_a_write_that_fails_changes_nothing(defaults: Engine) -> None:
    before = get_settings()
    send = defaults.send
    defaults.send = Faulty(send, [Fault("TransactWriteItems", Unavailable("gone"))])
    with pytest.raises((Unavailable, Overloaded)):
        change_settings({"meta": {"appName": "Beta"}})
    defaults.send = send
    assert get_newest_settings() == before


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"meta": 1}, BadRequest),
        ({"meta": {"appName": ""}}, ValidationFailed),
        ({"smtp": {"password": "x" * 5001}}, ValidationFailed),
        ({"trustedProxy": {"headers": [ids.random_text(900_000)]}}, BadRequest),
    ],
)
def test_refused_nothing_is_stored(defaults: Engine, body: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        change_settings(body)
    assert load_all().settings == {}


def test_a_long_secret_does_not_hinder_later_changes(defaults: Engine) -> None:
    change_settings({"smtp": {"password": "x" * 5000}})
    assert change_settings({"meta": {"appName": "Beta"}}).meta.app_name == "Beta"
    assert open_secret(get_newest_settings().smtp.password, "smtp.password") == "x" * 5000
