"""Signing in by a provider: whose record it is, what is written, and what stays out of logs."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.auth import with_oauth2
from chalicelib.auth.identify import identify
from chalicelib.auth.oauth2 import id_tokens, newcomer
from chalicelib.auth.oauth2.outgoing import Answer, CallFailed
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
from chalicelib.storage.failures import Busy, Conflict, NotUnique
from chalicelib.storage.records import find_record, read_pages
from chalicelib.storage.transactions import Create, Delete, write_together
from tests.oidc_provider import ISSUER, provider_url
from tests.people import add_person, set_auth_options
from tests.storage.faults import Fault, Faulty

JSON = {"content_type": "application/json"}
EVIL = {"sub": "evil", "email": "evil@example.com", "email_verified": "true"}
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
    attempt(EVIL, by=evil, provider="google")
    token, before = new_auth_token(evil), reread(evil)
    attempt(ANN)
    after = reread(evil)
    assert after.get("verified") is True
    assert after.get("password") != before.get("password")
    assert after.get("tokenKey") != before.get("tokenKey")
    assert identify(token) is None
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


def test_an_unproved_record_has_one_link() -> None:
    ann = add_person(id="annannannannann", email="ann@example.com")
    for number, name in enumerate(("oidc", "oidc", "google"), 1):
        attempt({"sub": str(number)}, by=ann, provider=name)
        assert links() == {(ann.id, name, str(number))}
        ann = reread(ann)


def test_who_proves_their_own_record_stays_signed_in() -> None:
    ann = add_person(id="annannannannann", email="ann@example.com")
    attempt(EVIL, by=ann, provider="google")
    attempt(ANN, by=reread(ann))
    assert reread(ann).get("verified") is True
    assert reread(ann).get("tokenKey") == ann.get("tokenKey")
    assert links() == {(ann.id, "oidc", "1")}


def test_who_comes_by_a_link_gets_an_unproved_record_to_themselves() -> None:
    ann = add_person(id="annannannannann", email="ann@example.com")
    attempt({"sub": "1"}, by=ann)
    external = load.get_collection("_externalAuths")
    empty = {field.name: field.empty for field in external.fields}
    other = {"id": "otherotherother", "provider": "google", "providerId": "2", "recordRef": ann.id}
    write_together([Create(Record(external, {**empty, **other, "collectionRef": ann.collection.id}))])
    attempt({"sub": "1"})
    assert links() == {(ann.id, "oidc", "1")}
    assert reread(ann).get("password") != ann.get("password")
    assert reread(ann).get("verified") is False


def test_whose_record_cannot_have_the_address_is_told_so() -> None:
    add_person(id="annannannannann", email="ann@example.com", verified=True)
    fields = [field.to_json() for field in load.get_collection("users").fields]
    update_collection(
        "users",
        {"fields": [{**each, "required": False} if each["name"] == "email" else each for each in fields]},
    )
    bob = add_person(id="bobbobbobbobbob", email="")
    with pytest.raises(ValidationFailed, match=r"Failed to authenticate\.") as refused:
        attempt(ANN, by=bob)
    assert list(refused.value.data) == ["email"]


def test_the_query_is_not_the_creation_s() -> None:
    update_collection("users", {"createRule": "@request.query.a = '1'"})
    body = {"provider": "oidc", "code": urlencode(ANN)}
    with pytest.raises(BadRequest):
        sign_in_with_oauth2("users", RequestInfo(method="POST", headers=JSON, body=body, query={"a": "1"}))


@pytest.mark.parametrize("given", [5, True, ["a"], {}])
def test_an_email_that_is_no_text_is_none(given: object) -> None:
    assert attempt(ANN, createData={"email": given})["record"]["email"] == "ann@example.com"


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


@pytest.mark.parametrize(("column", "name"), [("email", "ann"), ("name", "")])
def test_only_a_clash_of_the_user_name_drops_it(defaults: Engine, column: str, name: str) -> None:
    configure(provider(), username="name")
    set_rules_with_unique_name()
    users = load.get_collection("users")
    index = next(each for each in users.unique_indexes if each.column_names == (column,))
    defaults.send = Faulty(defaults.send, [Fault("TransactWriteItems", NotUnique(users, index))])
    assert attempt({**ANN, "preferred_username": "ann"})["record"]["name"] == name


@pytest.mark.parametrize("given", [{"password": ""}, {"password": None}])
def test_an_empty_password_is_none(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailed) as refused:
        attempt(ANN, createData=given)
    assert "password" in refused.value.data


def test_a_field_for_both_has_the_id() -> None:
    configure(provider(), id="name", name="name", username="name")
    assert attempt({**ANN, "name": "Ann", "preferred_username": "ann"})["record"]["name"] == "1"


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


def test_pictures_are_fetched_once_and_for_who_may_come(
    defaults: Engine, bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(url: str) -> Upload:
        fetched.append(url)
        return Upload("a.gif", "image/gif", b"GIF89a")

    monkeypatch.setattr(newcomer, "fetch_avatar", fetch)
    configure(provider(), avatar_url="avatar")
    with_picture = {**ANN, "picture": "https://img.example.com/a.gif"}
    update_collection("users", {"createRule": "@request.body.name = 'ann'"})
    with pytest.raises(BadRequest):
        attempt(with_picture)
    assert fetched == []
    defaults.send = Faulty(defaults.send, [Fault("TransactWriteItems", Conflict("a"), 2)])
    assert attempt(with_picture, createData={"name": "ann"})["record"]["avatar"]
    assert len(fetched) == 1


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


@pytest.mark.parametrize("at", ["before the calls", "GetItem", "Query", "TransactWriteItems"])
def test_who_waits_gets_nothing_in_between_either(
    defaults: Engine, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """The owner arrives while whoever waits is linking an account of their own, at whichever moment."""
    evil = add_person(id="evilevilevilevi", email="ann@example.com")
    fetch = with_oauth2.fetch_grant

    def owner_arrives() -> None:
        assert attempt(ANN)["record"]["id"] == evil.id

    if at == "before the calls":
        arrive = once(owner_arrives)
        monkeypatch.setattr(with_oauth2, "fetch_grant", lambda *given: (arrive(), fetch(*given))[1])
    else:
        interrupt(defaults, at, owner_arrives)
    answered = attempt(EVIL, by=evil, provider="google")
    if at == "Query":  # which this sign-in asks only after its write: the link went with the takeover
        attempt(ANN)
    assert (evil.id, "oidc", "1") in links()
    assert (evil.id, "google", "evil") not in links()
    assert at == "Query" or answered["record"]["id"] != evil.id
    assert attempt(EVIL, provider="google")["record"]["id"] != evil.id


@pytest.mark.parametrize("at", ["GetItem", "Query", "TransactWriteItems"])
def test_the_owner_arrives_while_who_waits_links(defaults: Engine, at: str) -> None:
    """The other way round: the link is written between the owner's look at the links and the write."""
    evil = add_person(id="evilevilevilevi", email="ann@example.com")
    interrupt(defaults, at, lambda: attempt(EVIL, by=evil, provider="google"))
    assert attempt(ANN)["record"]["id"] == evil.id
    assert links() == {(evil.id, "oidc", "1")}


def once(act: Callable[[], object]) -> Callable[[], None]:
    done: list[bool] = []

    def go() -> None:
        if not done:
            done.append(True)
            act()

    return go


def interrupt(engine: Engine, operation: str, act: Callable[[], object]) -> None:
    """Something happens right before the first call of a kind."""
    send, go = engine.send, once(act)

    def interrupted(asked: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if asked == operation:
            go()
        return send(asked, arguments)

    engine.send = interrupted


def remove(record: Record) -> None:
    write_together([Delete(reread(record))])


def test_no_link_outlives_its_record(defaults: Engine) -> None:
    ann = add_person(id="annannannannann", email="ann@example.com", verified=True)
    interrupt(defaults, "TransactWriteItems", lambda: remove(ann))
    answered = attempt(ANN)
    assert answered["meta"]["isNew"] is True
    assert links() == {(answered["record"]["id"], "oidc", "1")}


@pytest.mark.parametrize("there", [False, True])
def test_a_link_that_leads_nowhere_is_replaced(there: bool) -> None:
    ann = add_person(id="annannannannann", email="ann@example.com", verified=True)
    attempt(ANN)
    remove(ann)
    other = add_person(id="otherotherother", email="ann@example.com", verified=True) if there else None
    answered = attempt(ANN)
    assert answered["meta"]["isNew"] is not there
    assert other is None or answered["record"]["id"] == other.id
    assert links() == {(answered["record"]["id"], "oidc", "1")}


@pytest.mark.parametrize("email", ["a@bad.example.com", "nonsense"])
def test_addresses_that_the_field_refuses_are_not_stored(email: str) -> None:
    change_email_field(required=False, exceptDomains=["bad.example.com"])
    first = attempt({"sub": "1"})
    with pytest.raises(ValidationFailed) as refused:
        attempt({**ANN, "email": email})
    assert list(refused.value.data) == ["email"]
    assert first["record"]["email"] == stored("users")[0].get("email") == ""


def change_email_field(**options: Any) -> None:
    given = [each.to_json() for each in load.get_collection("users").fields]
    next(each for each in given if each["name"] == "email").update(options)
    update_collection("users", {"fields": given})


def test_too_long_an_id_of_an_account() -> None:
    with pytest.raises(ValidationFailed) as refused:
        attempt({**ANN, "sub": "s" * 5001})
    assert list(refused.value.data) == ["providerId"]
    assert stored("users") == []


@pytest.mark.parametrize(
    ("issuers", "iss", "is_in"),
    [
        (ISSUER, ISSUER, True),
        (ISSUER, "https://evil.example.com", False),
        ([], "https://evil.example.com", True),
        (5, ISSUER, False),
        ({"a": 1}, ISSUER, False),
        ([ISSUER, 5], ISSUER, False),
    ],
)
def test_issuers(issuers: object, iss: str, is_in: bool) -> None:
    configure(replace(provider("oidc2", extra={"issuers": issuers}), user_info_url=""))
    code = {**ANN, "_id_token": "RS256", "iss": iss}
    if is_in:
        assert attempt(code, provider="oidc2")["meta"]["isNew"] is True
    else:
        with pytest.raises(BadRequest, match="OAuth2 user"):
            attempt(code, provider="oidc2")


def test_long_id_tokens() -> None:
    configure(replace(provider("oidc2", extra={"issuers": [ISSUER]}), user_info_url=""))
    assert attempt({**ANN, "_id_token": "RS256", "groups": "g" * 20_000}, provider="oidc2")["token"]


@pytest.mark.parametrize(("ahead", "is_in"), [("_iat=200", True), ("_iat=400", False), ("_nbf=60", False)])
def test_clocks_that_are_ahead(ahead: str, is_in: bool) -> None:
    configure(replace(provider("oidc2"), user_info_url=""))
    name, _, seconds = ahead.partition("=")
    code = {**ANN, "_id_token": "RS256", name: seconds}
    if is_in:
        assert attempt(code, provider="oidc2")["token"]
    else:
        with pytest.raises(BadRequest):
            attempt(code, provider="oidc2")


def test_keys_stay_while_they_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    time, answers = [0.0], [Answer(200, {}, b'{"keys":[{"kid":"k"}]}'), Answer(503, {}, b"{}")]
    asked: list[float] = []

    def ask(call: Any) -> Answer:
        asked.append(time[0])
        return answers[min(len(asked), 2) - 1]

    monkeypatch.setattr(id_tokens, "ask", ask)
    monkeypatch.setattr(id_tokens, "_memory", id_tokens._Memory())
    monkeypatch.setattr("chalicelib.clock.stopwatch", lambda: time[0])
    for seconds in (0, 301, 302, 333):
        time[0] = seconds * 1000.0
        assert id_tokens._find_key("u", "k") == {"kid": "k"}
    assert asked == [0, 301_000, 333_000]
    monkeypatch.setattr(id_tokens, "_memory", id_tokens._Memory())
    with pytest.raises(CallFailed):
        id_tokens._find_key("u", "k")


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
