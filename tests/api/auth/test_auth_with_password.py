"""POST /api/collections/{collection}/auth-with-password."""

import json

import pytest

from chalicelib.schema.auth_options import Mfa, PasswordAuth
from chalicelib.security.jwt import unsafe_read_claims
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.people import PASSWORD, add_person, set_auth_options
from tests.scenario import Scenario, play

PATH = "/api/collections/users/auth-with-password"
GOOD = {"identity": "ann@example.com", "password": PASSWORD}
FAILED = '{"data":{},"message":"Failed to authenticate.","status":400}'
UNREADABLE = '{"data":{},"message":"An error occurred while loading the submitted data.","status":400}'
BLANK = '{"code":"validation_required","message":"Cannot be blank."}'
NO_TYPE = '{"data":{},"message":"Unsupported Content-Type.","status":400}'
TYPE_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OWN = ('"email":"ann@example.com"', '"emailVisibility":false', '"token":"')


def post(name: str, body: object = None, **more: object) -> Scenario:
    return Scenario(name, "POST", str(more.pop("path", PATH)), body=body, **more)  # type: ignore[arg-type]


SCENARIOS = [
    post("signs in", GOOD, has=OWN, lacks=("tokenKey", '"password"', "meta")),
    post("by the collection's id", GOOD, path="/api/collections/_pb_users_auth_/auth-with-password", has=OWN),
    post("by the identity field", {**GOOD, "identityField": "email"}, has=OWN),
    post("names in any case", {"IDENTITY": "ann@example.com", "Password": PASSWORD}, has=OWN),
    post("a form", f"identity=ann@example.com&password={PASSWORD}", headers=TYPE_FORM, has=OWN),
    post("JSON with a tail", json.dumps(GOOD) + " x", headers={"Content-Type": "application/json"}, has=OWN),
    post("fields", GOOD, path=f"{PATH}?fields=record.id", has=('{"record":{"id":"annannannannann"}}',)),
    post("wrong fields", GOOD, path=f"{PATH}?fields=record:nope", status=400, lacks=("token",)),
    post("unknown expand", GOOD, path=f"{PATH}?expand=nope", has=OWN),
    post("wrong password", {**GOOD, "password": "wrong"}, status=400, has=(FAILED,)),
    post("unknown identity", {**GOOD, "identity": "x@example.com"}, status=400, has=(FAILED,)),
    post("identity in capitals", {**GOOD, "identity": "ANN@example.com"}, status=400, has=(FAILED,)),
    post("identity by id", {**GOOD, "identity": "annannannannann"}, status=400, has=(FAILED,)),
    post("filter as identity", {**GOOD, "identity": "' || 1=1 || '"}, status=400, has=(FAILED,)),
    post("nothing", status=400, has=(f'"identity":{BLANK},"password":{BLANK}',)),
    post("null", "null", headers={"Content-Type": "application/json"}, status=400, has=(BLANK,)),
    post(
        "blanks",
        {"identity": "", "password": ""},
        status=400,
        has=(f'"identity":{BLANK},"password":{BLANK}',),
    ),
    post(
        "too long",
        {"identity": "x" * 256, "password": "x" * 256},
        status=400,
        has=('"The length must be between 1 and 255.","params":{"max":255,"min":1}',),
    ),
    post("unknown field", {**GOOD, "identityField": "id"}, status=400, has=("validation_in_invalid",)),
    post("identity a number", {**GOOD, "identity": 5}, status=400, has=(UNREADABLE,)),
    post("identity a list", {**GOOD, "identity": ["a"]}, status=400, has=(UNREADABLE,)),
    post("malformed", "{bad", headers={"Content-Type": "application/json"}, status=400, has=(UNREADABLE,)),
    post("a list", [], status=400, has=(UNREADABLE,)),
    post("a text", '"x"', headers={"Content-Type": "application/json"}, status=400, has=(UNREADABLE,)),
    post("unknown type", "x", headers={"Content-Type": "foo/bar"}, status=400, has=(NO_TYPE,)),
    post("no type", "x", status=400, has=(NO_TYPE,)),
    post(
        "no such collection",
        "{bad",
        path="/api/collections/nope/auth-with-password",
        status=404,
        has=("Missing or invalid collection context.",),
    ),
    post(
        "a base collection",
        GOOD,
        path="/api/collections/_mfas/auth-with-password",
        status=404,
        has=("Missing or invalid auth collection context.",),
    ),
    post(
        "superusers sign in elsewhere",
        GOOD,
        path="/api/collections/_superusers/auth-with-password",
        status=400,
    ),
    Scenario("GET", "GET", PATH, status=404, has=("File not found.",)),
    Scenario("PUT", "PUT", PATH, status=404, has=("The requested resource wasn't found.",)),
]


@pytest.fixture(autouse=True)
def people(defaults: Engine) -> None:
    add_person(id="annannannannann", email="ann@example.com")
    add_person("_superusers", id="rootrootrootroo", email="root@example.com", verified=True)
    defaults.calls.reset()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_auth_with_password(scenario: Scenario, gateway: Gateway) -> None:
    play(gateway, scenario)


def test_the_token_opens_doors(gateway: Gateway) -> None:
    token = play(gateway, SCENARIOS[0]).json()["token"]
    own = Scenario(
        "own record", "GET", "/api/collections/users/records/annannannannann", by="ann", has=("ann@",)
    )
    play(gateway, own, {"ann": token})
    assert unsafe_read_claims(token)["collectionId"] == "_pb_users_auth_"


def test_a_superuser_signs_in(gateway: Gateway) -> None:
    path = "/api/collections/_superusers/auth-with-password"
    body = {"identity": "root@example.com", "password": PASSWORD}
    token = play(gateway, post("root", body, path=path)).json()["token"]
    play(gateway, Scenario("collections", "GET", "/api/collections", by="root"), {"root": token})


def test_disabled(gateway: Gateway) -> None:
    set_auth_options("users", password_auth=PasswordAuth(enabled=False, identity_fields=("email",)))
    message = "The collection is not configured to allow password authentication."
    play(gateway, post("disabled", GOOD, status=403, has=(message,)))
    malformed = post(
        "malformed", "{", headers={"Content-Type": "application/json"}, status=403, has=(message,)
    )
    play(gateway, malformed)


def test_a_second_factor_is_not_passed_by(gateway: Gateway) -> None:
    set_auth_options("users", mfa=Mfa(enabled=True, duration=60))
    first = play(gateway, post("mfa", GOOD, status=401, lacks=("token", 'record":{')))
    assert first.json().keys() == {"mfaId"}
    play(gateway, post("mfa, wrong password", {**GOOD, "password": "x"}, status=400, has=(FAILED,)))


@pytest.mark.parametrize("rule", [None, "verified = true", "nonsense (("])
def test_the_auth_rule(gateway: Gateway, rule: str | None) -> None:
    set_auth_options("users", auth_rule=rule)
    message = "The request doesn't satisfy the collection requirements to authenticate."
    play(gateway, post("rule", GOOD, status=403, has=(message,)))
