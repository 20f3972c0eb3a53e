"""POST /api/collections/{collection}/impersonate/{record}."""

import pytest

from chalicelib.auth.tokens import new_auth_token
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.people import add_person
from tests.scenario import Scenario, play

PATH = "/api/collections/users/impersonate/annannannannann"
UNREADABLE = '{"data":{},"message":"An error occurred while loading the submitted data.","status":400}'
NOT_AUTH = "Missing or invalid auth collection context."
TYPE_JSON = {"Content-Type": "application/json"}


def post(name: str, body: object = None, **more: object) -> Scenario:
    return Scenario(name, "POST", str(more.pop("path", PATH)), body=body, **{"by": "root", **more})  # type: ignore[arg-type]


SCENARIOS = [
    post("a superuser", has=('"email":"ann@example.com"', '"token":"'), lacks=("tokenKey", '"password"')),
    post("for a while", {"duration": 60}, has=('"token":"',)),
    post("fields", path=f"{PATH}?fields=record.id", has=('{"record":{"id":"annannannannann"}}',)),
    post("a negative time", {"duration": -1}, status=400, has=("Must be no less than 0.",)),
    post("a fraction", {"duration": 0.5}, status=400, has=(UNREADABLE,)),
    post("malformed", "{", headers=TYPE_JSON, status=400, has=(UNREADABLE,)),
    post("unknown type", "x", headers={"Content-Type": "foo/bar"}, status=400, has=(UNREADABLE,)),
    post("a guest", "{", by="", headers=TYPE_JSON, status=401, lacks=('token":',)),
    post("herself", by="ann", status=403, has=("not allowed to perform this action.",)),
    post("a guest, nowhere", by="", path="/api/collections/nope/impersonate/x", status=401),
    post("nobody", path="/api/collections/users/impersonate/nobody", status=404),
    post("nowhere", path="/api/collections/nope/impersonate/x", status=404, has=(NOT_AUTH,)),
    post("a base collection", path="/api/collections/_mfas/impersonate/x", status=404, has=(NOT_AUTH,)),
    Scenario("GET", "GET", PATH, by="root", status=404),
]


@pytest.fixture
def tokens(defaults: Engine, superuser: Superuser) -> dict[str, str]:
    ann = add_person(id="annannannannann", email="ann@example.com")
    return {"root": superuser.token, "ann": new_auth_token(ann)}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_impersonate(scenario: Scenario, gateway: Gateway, tokens: dict[str, str]) -> None:
    play(gateway, scenario, tokens)


def test_the_token_opens_her_doors_and_is_not_renewed(gateway: Gateway, tokens: dict[str, str]) -> None:
    given = {"given": play(gateway, SCENARIOS[0], tokens).json()["token"]}
    own = Scenario("own", "GET", "/api/collections/users/records/annannannannann", by="given")
    play(gateway, own, given)
    play(gateway, Scenario("others", "GET", "/api/collections", by="given", status=403), given)
    refresh = Scenario("refresh", "POST", "/api/collections/users/auth-refresh", by="given")
    assert play(gateway, refresh, given).json()["token"] == given["given"]
