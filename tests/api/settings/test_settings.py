"""GET and PATCH /api/settings."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.auth.tokens import new_auth_token
from chalicelib.collections import load
from chalicelib.settings.load import get_newest_settings
from chalicelib.settings.model import DEFAULTS
from chalicelib.settings.seal import open_secret
from chalicelib.storage.collections import load_all
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.logged import kept_lines
from tests.people import add_person
from tests.scenario import Scenario, play

PATH = "/api/settings"
SIGN_IN = "The request requires valid record authorization token."
NOT_ALLOWED = "The authorized record is not allowed to perform this action."
NOT_SAVED = "An error occurred while saving the new settings."
UNREADABLE = "An error occurred while loading the submitted data."
SECRETS = ('"password":', '"secret":')


def change(name: str, body: Any, **more: Any) -> Scenario:
    return Scenario(name, "PATCH", PATH, body, **{"by": "root", **more})


def refused(name: str, body: Any, *has: str) -> Scenario:
    return change(name, body, status=400, has=(NOT_SAVED, *has))


SCENARIOS = [
    Scenario("a guest", "GET", PATH, status=401, has=(SIGN_IN,)),
    Scenario("a user", "GET", PATH, by="ann", status=403, has=(NOT_ALLOWED,)),
    Scenario(
        "a superuser", "GET", PATH, by="root", has=('"appName":"Acme"', '"superuserIPs":[]'), lacks=SECRETS
    ),
    Scenario("fields", "GET", f"{PATH}?fields=logs.maxDays", by="root", has=('{"logs":{"maxDays":5}}',)),
    Scenario("secrets asked for", "GET", f"{PATH}?fields=smtp.password,s3.secret", by="root", lacks=SECRETS),
    Scenario("impossible fields", "GET", f"{PATH}?fields=:bad(", by="root", status=400),
    Scenario("POST", "POST", PATH, {}, by="root", status=404),
    Scenario("DELETE", "DELETE", PATH, by="root", status=404),
    change("a guest changes", {}, by="", status=401, has=(SIGN_IN,)),
    change("a user changes", {"meta": {"appName": "x"}}, by="ann", status=403, has=(NOT_ALLOWED,)),
    change("nothing", {}, has=('"appName":"Acme"',), lacks=SECRETS),
    change("no body", None, has=('"appName":"Acme"',)),
    change("one name", {"meta": {"appName": "Beta"}}, has=('"appName":"Beta"', '"senderName":"Support"')),
    change("other letters", {"META": {"appname": "Beta"}}, has=('"appName":"Beta"',)),
    change(
        "a secret", {"smtp": {"password": "hush-hush"}}, has=('"port":587',), lacks=("hush-hush", *SECRETS)
    ),
    change("unknown names", {"nope": 1, "meta": {"nope": 1}}, has=('"appName":"Acme"',), lacks=("nope",)),
    change("malformed", "{", status=400, has=(UNREADABLE,), headers={"Content-Type": "application/json"}),
    change("a list", [], status=400, has=(UNREADABLE,)),
    change("text", "x", status=400, has=(UNREADABLE,), headers={"Content-Type": "text/plain"}),
    change("another type", {"smtp": {"port": "25"}}, status=400, has=(UNREADABLE,)),
    change(
        "a form",
        "superuserIPs=127.0.0.1&superuserIPs=::1&meta=x",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        has=('"superuserIPs":["127.0.0.1","::1"]', '"appName":"Acme"'),
    ),
    refused("a name too few", {"meta": {"appName": ""}}, '{"meta":{"appName":{"code":"validation_required",'),
    refused(
        "a secret beside a mistake",
        {"s3": {"enabled": True, "secret": "hush-hush"}},
        '"bucket":{"code":"validation_required",',
    ),
    refused("a secret too long", {"smtp": {"password": "x" * 5001}}, '"validation_length_too_long"'),
    refused("a rule", {"rateLimits": {"rules": [{}]}}, '{"rateLimits":{"rules":{"0":{"duration":{"code":'),
]


@pytest.fixture
def tokens(gateway: Gateway, superuser: Superuser) -> Mapping[str, str]:
    ann = add_person("users", id="annannannannann", email="ann@example.com")
    return {"root": superuser.token, "ann": new_auth_token(ann)}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_settings(scenario: Scenario, gateway: Gateway, tokens: Mapping[str, str]) -> None:
    answer = play(gateway, scenario, tokens)
    assert "hush-hush" not in answer.text
    if answer.status >= 400:
        assert load_all().settings == {}


def test_head(gateway: Gateway, tokens: Mapping[str, str]) -> None:
    headers = {"Authorization": tokens["root"]}
    whole = gateway.handle("GET", PATH, headers)[2]
    status, told, body = gateway.handle("HEAD", PATH, headers)
    assert (status, told["Content-Length"], body) == (200, str(len(whole)), b"")


def test_all_that_is_shown_can_be_sent_back(gateway: Gateway, tokens: Mapping[str, str]) -> None:
    play(gateway, change("secrets", {"smtp": {"password": "hush"}, "s3": {"secret": "hush"}}), tokens)
    shown = play(gateway, SCENARIOS[2], tokens).json()
    answer = play(gateway, change("the same", shown), tokens)
    assert answer.json() == shown
    assert open_secret(get_newest_settings().smtp.password, "smtp.password") == "hush"


def test_other_functions_see_a_change(gateway: Gateway, tokens: Mapping[str, str]) -> None:
    other = load.get_snapshot()
    play(gateway, change("one name", {"meta": {"appName": "Beta"}}), tokens)
    load._memory.held = other  # what a function holds that did not make the change
    play(gateway, Scenario("again", "GET", PATH, by="root", has=('"appName":"Beta"',)), tokens)


# Never begins another text of the settings.
HUSH = 'hush\u00e9\u2028"'
PLACES = {
    "smtp": st.fixed_dictionaries(
        {"password": st.just(HUSH)}, optional={"host": st.sampled_from(["", "a b", "h"])}
    ),
    "s3": st.fixed_dictionaries({"secret": st.just(HUSH)}, optional={"enabled": st.booleans()}),
    "backups": st.fixed_dictionaries(
        {"s3": st.just({"secret": HUSH})}, optional={"cron": st.sampled_from(["", "x", "@daily"])}
    ),
}


@settings(max_examples=25)
@given(
    body=st.fixed_dictionaries({}, optional=PLACES),
    fields=st.sampled_from(["", "?fields=*", "?fields=smtp,s3"]),
)
def test_secrets_are_seen_by_nobody(gateway, tokens, start_anew, body, fields):
    start_anew()
    add_person("_superusers", id="testsuperuser01", email="root@example.com", tokenKey="k" * 50)
    headers = {"Authorization": tokens["root"], "Content-Type": "application/json"}
    with kept_lines() as lines:
        changed = gateway.handle("PATCH", PATH + fields, headers, json.dumps(body).encode())
        shown = gateway.handle("GET", PATH + fields, headers)
    seen = [changed[2].decode(), shown[2].decode(), json.dumps(lines), json.dumps(load_all().settings)]
    assert changed[0] in (200, 400) and shown[0] == 200
    assert not [text for text in seen if "hush" in text]
    assert "hush" not in repr(get_newest_settings())


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
HOSTILE = st.fixed_dictionaries(
    {},
    optional={
        name: ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys(group, ANYTHING))
        for name, group in DEFAULTS.to_stored().items()
        if name != "superuserIPs"  # whoever sets it is locked out, and nothing more would be tried
    },
)


@settings(max_examples=40)
@given(HOSTILE)
def test_whatever_is_sent_is_answered(gateway, tokens, body):
    before = load_all()
    headers = {"Authorization": tokens["root"], "Content-Type": "application/json"}
    status, _, answer = gateway.handle("PATCH", PATH, headers, json.dumps(body).encode())
    assert status in (200, 400), answer
    if status == 400:
        assert json.loads(answer)["message"] in (NOT_SAVED, UNREADABLE)
        assert load_all() == before


@settings(max_examples=25)
@given(
    st.binary(max_size=60), st.sampled_from(["application/json", "multipart/form-data; boundary=x", "x", ""])
)
def test_whatever_is_no_body_is_answered(gateway, tokens, raw, kind):
    status, _, answer = gateway.handle(
        "PATCH", PATH, {"Authorization": tokens["root"], "Content-Type": kind}, raw
    )
    assert status in (200, 400), answer
