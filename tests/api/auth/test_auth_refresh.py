"""POST /api/collections/{collection}/auth-refresh, and what tokens are worth in general."""

import base64
import json

import pytest

from chalicelib.auth.tokens import new_auth_token
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.people import add_person, change_person, set_auth_options
from tests.scenario import Scenario, play

PATH = "/api/collections/users/auth-refresh"
SIGN_IN = '{"data":{},"message":"The request requires valid record authorization token.","status":401}'
OTHER = "The request requires auth record from %s collection."


def post(name: str, path: str = PATH, **more: object) -> Scenario:
    return Scenario(name, "POST", path, **more)  # type: ignore[arg-type]


SCENARIOS = [
    post("renews", by="ann", has=('"email":"ann@example.com"', '"token":"'), lacks=("tokenKey",)),
    post(
        "by the collection's id",
        "/api/collections/_pb_users_auth_/auth-refresh",
        by="ann",
        has=('"token":"',),
    ),
    post("fields", f"{PATH}?fields=record.id", by="ann", has=('{"record":{"id":"annannannannann"}}',)),
    post("a superuser renews", "/api/collections/_superusers/auth-refresh", by="root", has=('"token":"',)),
    post("a guest", status=401, has=(SIGN_IN,)),
    post("a bad token", headers={"Authorization": "nonsense"}, status=401, has=(SIGN_IN,)),
    post("a superuser, elsewhere", by="root", status=403, has=(OTHER % "_superusers",)),
    post(
        "a user, elsewhere",
        "/api/collections/_superusers/auth-refresh",
        by="ann",
        status=403,
        has=(OTHER % "users",),
    ),
    post(
        "a base collection",
        "/api/collections/_mfas/auth-refresh",
        by="ann",
        status=403,
        has=(OTHER % "users",),
    ),
    post("a base collection, guest", "/api/collections/_mfas/auth-refresh", status=401, has=(SIGN_IN,)),
    post("no such collection", "/api/collections/nope/auth-refresh", status=404, has=("Missing or invalid",)),
    post("malformed", body="{", headers={"Content-Type": "application/json"}, by="ann", status=400),
    Scenario("GET", "GET", PATH, by="ann", status=404, has=("File not found.",)),
]


@pytest.fixture
def ann(defaults: Engine) -> Record:
    return add_person(id="annannannannann", email="ann@example.com")


@pytest.fixture
def tokens(ann: Record, superuser: Superuser) -> dict[str, str]:
    return {"ann": new_auth_token(ann), "root": superuser.token}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_auth_refresh(scenario: Scenario, gateway: Gateway, tokens: dict[str, str]) -> None:
    play(gateway, scenario, tokens)


def test_a_changed_password_ends_all_sessions(
    gateway: Gateway, tokens: dict[str, str], superuser: Superuser
) -> None:
    change = {"password": "abcdefgh", "passwordConfirm": "abcdefgh"}
    path = "/api/collections/users/records/annannannannann"
    play(gateway, Scenario("change", "PATCH", path, body=change, by="root"), tokens)
    play(gateway, post("old token", by="ann", status=401), tokens)


def test_a_changed_name_ends_none(gateway: Gateway, tokens: dict[str, str]) -> None:
    path = "/api/collections/users/records/annannannannann"
    play(gateway, Scenario("change", "PATCH", path, body={"name": "Ann"}, by="ann"), tokens)
    play(gateway, post("same token", by="ann"), tokens)


def test_a_removed_record_is_a_guest(gateway: Gateway, tokens: dict[str, str]) -> None:
    path = "/api/collections/users/records/annannannannann"
    play(gateway, Scenario("remove", "DELETE", path, by="ann", status=204), tokens)
    play(gateway, post("gone", by="ann", status=401), tokens)


def test_the_rule_is_asked_again(gateway: Gateway, ann: Record, tokens: dict[str, str]) -> None:
    set_auth_options("users", auth_rule="verified = false")
    play(gateway, post("still", by="ann"), tokens)
    change_person(ann, verified=True)
    message = "The request doesn't satisfy the collection requirements to authenticate."
    play(gateway, post("no more", by="ann", status=403, has=(message,)), tokens)


def swapped(token: str, **claims: object) -> str:
    """The token with other claims and its old signature."""
    head, body, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**said, **claims}).encode()).rstrip(b"=").decode()
    return f"{head}.{other}.{signature}"


ATTACKS = {
    "another record": lambda token, root: swapped(token, id="bobbobbobbobbob"),
    "a superuser's record": lambda token, root: swapped(
        token, id="testsuperuser01", collectionId="pbc_3142635823"
    ),
    "a longer life": lambda token, root: swapped(token, exp=4_102_444_800),
    "no expiry": lambda token, root: swapped(token, exp=0),
    "the signature of another": lambda token, root: token.rpartition(".")[0] + "." + root.rpartition(".")[2],
    "no signature": lambda token, root: token.rpartition(".")[0] + ".",
    "alg none": lambda token, root: "eyJhbGciOiJub25lIn0." + token.split(".")[1] + ".",
    "alg none, old signature": lambda token, root: "eyJhbGciOiJub25lIn0." + token.partition(".")[2],
}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("path", [PATH, "/api/collections/_superusers/auth-refresh"])
def test_attacks(gateway: Gateway, tokens: dict[str, str], name: str, path: str) -> None:
    add_person(id="bobbobbobbobbob", email="bob@example.com")
    forged = ATTACKS[name](tokens["ann"], tokens["root"])
    play(gateway, post(name, path, headers={"Authorization": forged}, status=401, has=(SIGN_IN,)))
