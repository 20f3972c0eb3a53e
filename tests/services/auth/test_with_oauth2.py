"""Signing in by a provider: whose record it is, what is written, and what stays out of logs."""

import threading
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.auth import with_oauth2
from chalicelib.auth.oauth2 import id_tokens, newcomer
from chalicelib.auth.oauth2.outgoing import CallFailed
from chalicelib.auth.tokens import new_auth_token
from chalicelib.auth.with_oauth2 import sign_in_with_oauth2
from chalicelib.collections import load
from chalicelib.collections.update import update_collection
from chalicelib.errors import BadRequest, Overloaded, ValidationFailed
from chalicelib.files.store import Store
from chalicelib.request import RequestInfo, Upload
from chalicelib.schema.auth_options import MappedFields, OAuth2, OAuth2Provider
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy
from chalicelib.storage.records import find_record, read_pages
from tests.oidc_provider import ISSUER, provider_url
from tests.people import add_person, set_auth_options
from tests.storage.faults import Fault, Faulty

JSON = {"content_type": "application/json"}
ANN = {"sub": "1", "email": "ann@example.com", "email_verified": "true"}


def provider(name: str = "oidc", **given: Any) -> OAuth2Provider:
    at = f"{provider_url()}/{name}"
    urls = {"token_url": f"{at}/token", "user_info_url": f"{at}/user", **given}
    return OAuth2Provider(name=name, client_id="client", client_secret="hidden-secret", **urls)


@pytest.fixture(autouse=True)
def users(defaults: Engine) -> None:
    configure(provider(), provider("google"))


def configure(*providers: OAuth2Provider, **mapped: str) -> None:
    options = OAuth2(providers=providers, enabled=True, mapped_fields=MappedFields(**mapped))
    set_auth_options("users", oauth2=options)


def attempt(
    code: dict[str, str], by: Record | None = None, provider: str = "oidc", **more: Any
) -> dict[str, Any]:
    body = {"provider": provider, "code": urlencode(code), "codeVerifier": "v", "redirectURL": "x", **more}
    return sign_in_with_oauth2("users", RequestInfo(method="POST", headers=JSON, body=body, auth=by))


def stored(name: str) -> list[Record]:
    return [record for page in read_pages(load.get_collection(name)) for record in page]


def links() -> set[tuple[str, str, str]]:
    found = stored("_externalAuths")
    return {(each.get("recordRef"), each.get("provider"), each.get("providerId")) for each in found}


def reread(record: Record) -> Record:
    found = find_record(record.collection, record.id)
    assert found is not None
    return found


def test_a_newcomer_and_again() -> None:
    first, second = attempt(ANN), attempt(ANN)
    assert (first["meta"]["isNew"], second["meta"]["isNew"]) == (True, False)
    assert first["record"]["id"] == second["record"]["id"]
    assert first["record"]["verified"] is True
    assert links() == {(first["record"]["id"], "oidc", "1")}


def test_an_email_that_is_not_proved_says_nothing() -> None:
    ann = add_person(id="annannannannann", email="ann@example.com", verified=True)
    with pytest.raises(ValidationFailed) as refused:
        attempt({**ANN, "email_verified": "false"})
    assert list(refused.value.data) == ["email"]
    assert (links(), reread(ann)) == (set(), ann)


def test_who_waits_with_another_s_address_gets_nothing() -> None:
    """Whoever signed up with an address that is not theirs keeps neither password, session nor links."""
    evil = add_person(id="evilevilevilevi", email="ann@example.com")
    attempt({"sub": "evil"}, by=evil, provider="google")
    token, before = new_auth_token(evil), reread(evil)
    attempt(ANN)
    after = reread(evil)
    assert after.get("verified") is True
    assert after.get("password") != before.get("password")
    assert after.get("tokenKey") != before.get("tokenKey")
    assert token
    assert links() == {(evil.id, "oidc", "1")}


def test_a_verified_record_keeps_everything() -> None:
    ann = add_person(id="annannannannann", email="ann@example.com", verified=True)
    attempt(ANN)
    kept = ("password", "tokenKey", "email", "verified")
    assert [reread(ann).get(name) for name in kept] == [ann.get(name) for name in kept]


def test_who_is_signed_in_links_and_keeps_the_password() -> None:
    ann = add_person(id="annannannannann", email="ann@example.com")
    answered = attempt({"sub": "9", "email": "else@example.com", "email_verified": "true"}, by=ann)
    assert (answered["record"]["id"], answered["meta"]["isNew"]) == (ann.id, False)
    assert reread(ann).get("password") == ann.get("password")
    assert reread(ann).get("verified") is False


def test_one_account_is_one_record_at_once(defaults: Engine) -> None:
    answered: list[dict[str, Any]] = []
    start, alone, send = threading.Barrier(4), threading.Lock(), defaults.send

    def one_by_one(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        with alone:  # each call is carried out as a whole, which moto does not see to
            return send(operation, arguments)

    defaults.send = one_by_one

    def go() -> None:
        start.wait()
        answered.append(attempt(ANN))

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answered) == 4
    assert len({each["record"]["id"] for each in answered}) == 1
    assert sum(each["meta"]["isNew"] for each in answered) == 1
    assert len(stored("users")) == len(links()) == 1


def test_a_loser_starts_over(defaults: Engine) -> None:
    """Somebody else signs in by the same account between the look and the write."""
    send, meddled = defaults.send, []

    def meddle(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and not meddled:
            meddled.append(True)
            meddled.append(attempt(ANN))
        return send(operation, arguments)

    defaults.send = meddle
    answered = attempt(ANN)
    assert answered["meta"]["isNew"] is False
    assert answered["record"]["id"] == meddled[1]["record"]["id"]
    assert len(stored("users")) == 1


@pytest.mark.parametrize("done_anyway", [False, True])
def test_record_and_link_together_or_not_at_all(defaults: Engine, done_anyway: bool) -> None:
    send = defaults.send
    defaults.send = Faulty(send, [Fault("TransactWriteItems", Busy("no"), 99, done_anyway)])
    if done_anyway:  # the answer was lost: who tries again finds what was written
        attempt(ANN)
    else:
        with pytest.raises(Overloaded):
            attempt(ANN)
    defaults.send = send
    assert len(stored("users")) == len(links()) == int(done_anyway)
    attempt(ANN)
    assert len(stored("users")) == len(links()) == 1


def test_a_taken_user_name_is_left_out() -> None:
    configure(provider(), username="name")
    set_rules_with_unique_name()
    add_person(id="bobbobbobbobbob", email="bob@example.com", name="ann")
    answered = attempt({**ANN, "preferred_username": "ann"})
    assert (answered["meta"]["isNew"], answered["record"]["name"]) == (True, "")
    with pytest.raises(ValidationFailed):
        attempt({"sub": "2", "preferred_username": "x"}, createData={"name": "ann"})


def set_rules_with_unique_name() -> None:
    users = load.get_collection("users")
    texts = [index.text for index in users.indexes]
    texts.append("CREATE UNIQUE INDEX `idx_name` ON `users` (`name`) WHERE `name` != ''")
    update_collection("users", {"indexes": texts})


@pytest.mark.parametrize("fails", [False, True])
def test_pictures(bucket: Store, monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    def fetch(url: str) -> Upload:
        if fails:
            raise CallFailed("no")
        return Upload("a.gif", "image/gif", b"GIF89a")

    monkeypatch.setattr(newcomer, "fetch_avatar", fetch)
    configure(provider(), avatar_url="avatar")
    answered = attempt({**ANN, "picture": "https://img.example.com/a.gif"})
    assert bool(answered["record"]["avatar"]) is not fails


def test_pictures_are_not_fetched_from_here() -> None:
    configure(provider(), avatar_url="avatar")
    answered = attempt({**ANN, "picture": f"{provider_url()}/picture.gif"})
    assert answered["record"]["avatar"] == ""


FAILING = [
    {"_token_status": "400"},
    {"_as": "text"},
    {"_user_status": "500"},
    {"_user_as": "text"},
    {"_user_as": "redirect"},
    {"_user_as": "large"},
]


@pytest.mark.parametrize("code", FAILING, ids=str)
def test_what_providers_say_is_told_nobody(
    code: dict[str, str], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BadRequest) as refused:
        attempt({"sub": "1", **code})
    out = capfd.readouterr()
    told = f"{refused.value} {refused.value.data} {caplog.text} {out.out} {out.err}"
    assert not [word for word in ("hidden-secret", "tell nobody", "_status", provider_url()) if word in told]
    assert stored("users") == []


@pytest.mark.parametrize("kid", ["unknown", "RS256"])
def test_keys_are_remembered(monkeypatch: pytest.MonkeyPatch, kid: str) -> None:
    asked: list[str] = []
    ask = id_tokens.ask

    def counted(call: Any) -> Any:
        asked.append(call.url)
        return ask(call)

    monkeypatch.setattr(id_tokens, "ask", counted)
    monkeypatch.setattr(id_tokens, "_memory", id_tokens._Memory())
    extra = {"jwksURL": f"{provider_url()}/jwks", "issuers": [ISSUER]}
    configure(replace(provider("oidc2", extra=extra), user_info_url=""))
    for _ in range(3):
        try:
            attempt({**ANN, "_id_token": "RS256", "_kid": kid}, provider="oidc2")
        except BadRequest:
            assert kid == "unknown"
    assert len(asked) == 1


def test_calls(defaults: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sign-in costs before finish_sign_in: the link, its record; for newcomers one transaction."""
    asked: list[str] = []
    send = defaults.send

    def counted(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        asked.append(operation)
        return send(operation, arguments)

    def without_end(record: Record, request: Any, related: Any, meta: Any) -> dict[str, Any]:
        return {}

    defaults.send = counted
    monkeypatch.setattr(with_oauth2, "finish_sign_in", without_end)
    attempt(ANN)
    newcomer_calls, asked[:] = list(asked), []
    attempt(ANN)
    version = ["GetItem"]  # read each time in tests only
    assert newcomer_calls == [*version, "GetItem", "GetItem", "TransactWriteItems"]
    assert asked == [*version, "GetItem", "GetItem", "GetItem"]
