"""POST /api/collections/{collection}/request-otp."""

import pytest

from chalicelib.schema.auth_options import Otp
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.people import add_person, set_auth_options
from tests.scenario import Scenario, play

PATH = "/api/collections/users/request-otp"
KNOWN = {"email": "ann@example.com"}
BLANK = '{"data":{"email":{"code":"validation_required","message":"Cannot be blank."}}'
UNREADABLE = '{"data":{},"message":"An error occurred while loading the submitted data.","status":400}'
TYPE_JSON = {"Content-Type": "application/json"}
DISABLED = "The collection is not configured to allow OTP authentication."


def post(name: str, body: object = None, **more: object) -> Scenario:
    return Scenario(name, "POST", str(more.pop("path", PATH)), body=body, **more)  # type: ignore[arg-type]


SCENARIOS = [
    post("known", KNOWN, has=('{"otpId":"',), lacks=("ann@",)),
    post("unknown", {"email": "nobody@example.com"}, has=('{"otpId":"',)),
    post("fields", KNOWN, path=f"{PATH}?fields=nope", has=("{}",)),
    post("wrong fields", KNOWN, path=f"{PATH}?fields=otpId:nope", status=400),
    post("nothing", status=400, has=(BLANK,)),
    post("blank", {"email": ""}, status=400, has=(BLANK,)),
    post("no address", {"email": "ann"}, status=400, has=("Must be a valid email address.",)),
    post("a number", {"email": 5}, status=400, has=(UNREADABLE,)),
    post("malformed", "{", headers=TYPE_JSON, status=400, has=(UNREADABLE,)),
    post("half a character", '{"email":"\\ud800@example.com"}', headers=TYPE_JSON, status=400),
    post("unknown type", "x", headers={"Content-Type": "foo/bar"}, status=400, has=("Unsupported",)),
    post(
        "disabled",
        "{",
        headers=TYPE_JSON,
        path="/api/collections/_superusers/request-otp",
        status=403,
        has=(DISABLED,),
    ),
    post("a base collection", KNOWN, path="/api/collections/_mfas/request-otp", status=404),
    post("no such collection", KNOWN, path="/api/collections/nope/request-otp", status=404),
    Scenario("GET", "GET", PATH, status=404, has=("File not found.",)),
    Scenario("PUT", "PUT", PATH, status=404, has=("The requested resource wasn't found.",)),
]


@pytest.fixture(autouse=True)
def people(defaults: Engine) -> None:
    set_auth_options("users", otp=Otp(enabled=True, duration=180, length=8))
    add_person(id="annannannannann", email="ann@example.com")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_request_otp(scenario: Scenario, gateway: Gateway) -> None:
    play(gateway, scenario)


def test_answers_for_known_and_unknown_are_alike(gateway: Gateway) -> None:
    known, unknown = (
        play(gateway, post(email, {"email": email})) for email in ("ann@example.com", "nobody@example.com")
    )
    assert known.headers.keys() == unknown.headers.keys()
    assert len(known.text) == len(unknown.text)
