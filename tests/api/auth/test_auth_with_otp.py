"""POST /api/collections/{collection}/auth-with-otp, alone and as one of two factors."""

import pytest

from chalicelib.auth.attach import new_attachment
from chalicelib.collections.load import get_catalog
from chalicelib.records.attached import OTPS
from chalicelib.schema.auth_options import Mfa, Otp
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.transactions import Create, write_together
from dev.gateway import Gateway
from tests.people import HASH, PASSWORD, add_person, set_auth_options
from tests.scenario import Scenario, play

PATH = "/api/collections/users/auth-with-otp"
GOOD = {"otpId": "otpotpotpotp001", "password": PASSWORD}
INVALID = '{"data":{},"message":"Invalid or expired OTP.","status":400}'
UNREADABLE = '{"data":{},"message":"An error occurred while loading the submitted data.","status":400}'
BLANK = '{"code":"validation_required","message":"Cannot be blank."}'
TYPE_JSON = {"Content-Type": "application/json"}
TYPE_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OWN = ('"email":"ann@example.com"', '"token":"')


def post(name: str, body: object = None, **more: object) -> Scenario:
    return Scenario(name, "POST", str(more.pop("path", PATH)), body=body, **more)  # type: ignore[arg-type]


SCENARIOS = [
    post("signs in", GOOD, has=OWN, lacks=("tokenKey", '"password"', "meta")),
    post("names in any case", {"OTPID": GOOD["otpId"], "Password": PASSWORD}, has=OWN),
    post("a form", f"otpId=otpotpotpotp001&password={PASSWORD}", headers=TYPE_FORM, has=OWN),
    post("fields", GOOD, path=f"{PATH}?fields=record.id", has=('{"record":{"id":"annannannannann"}}',)),
    post("wrong fields", GOOD, path=f"{PATH}?fields=record:nope", status=400, lacks=("token",)),
    post("wrong code", {**GOOD, "password": "1"}, status=400, has=(INVALID,)),
    post("unknown", {**GOOD, "otpId": "nope"}, status=400, has=(INVALID,)),
    post("strange", {**GOOD, "otpId": "a#b\x00/../é"}, status=400, has=(INVALID,)),
    post("elsewhere", GOOD, path="/api/collections/others/auth-with-otp", status=404),
    post("nothing", status=400, has=(f'"otpId":{BLANK},"password":{BLANK}',)),
    post("too long", {**GOOD, "password": "x" * 72}, status=400, has=('"params":{"max":71,"min":1}',)),
    post("a number", {**GOOD, "otpId": 5}, status=400, has=(UNREADABLE,)),
    post("malformed", "{", headers=TYPE_JSON, status=400, has=(UNREADABLE,)),
    post(
        "disabled",
        "{",
        headers=TYPE_JSON,
        path="/api/collections/_superusers/auth-with-otp",
        status=403,
        has=("The collection is not configured to allow OTP authentication.",),
    ),
    post("a base collection", GOOD, path="/api/collections/_mfas/auth-with-otp", status=404),
    Scenario("GET", "GET", PATH, status=404, has=("File not found.",)),
]


def keep_otp(owner: Record, otp_id: str) -> None:
    otp = new_attachment(owner, OTPS, get_catalog(), id=otp_id, password=HASH)
    write_together([Create(otp)])


@pytest.fixture
def ann(defaults: Engine) -> Record:
    set_auth_options("users", otp=Otp(enabled=True, duration=180, length=8))
    return add_person(id="annannannannann", email="ann@example.com")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_auth_with_otp(scenario: Scenario, gateway: Gateway, ann: Record) -> None:
    keep_otp(ann, "otpotpotpotp001")
    play(gateway, scenario)


def test_too_many_attempts(gateway: Gateway, ann: Record) -> None:
    keep_otp(ann, "otpotpotpotp001")
    for _ in range(5):
        play(gateway, post("wrong", {**GOOD, "password": "1"}, status=400))
    message = "Too many attempts, please try again later with a new OTP."
    play(gateway, post("right", GOOD, status=429, has=(message,), lacks=("token",)))


def test_two_factors(gateway: Gateway, ann: Record) -> None:
    set_auth_options("users", mfa=Mfa(enabled=True, duration=60))
    for number in range(3):
        keep_otp(ann, f"otpotpotpotp00{number}")
    password = {"identity": "ann@example.com", "password": PASSWORD}
    path = "/api/collections/users/auth-with-password"
    first = play(gateway, post("password", password, path=path, status=401, lacks=("token",)))
    mfa = first.json()
    assert mfa.keys() == {"mfaId"}
    again = post("password again", {**password, **mfa}, path=path, status=400, has=("A different auth",))
    play(gateway, again)
    code = {**GOOD, "otpId": "otpotpotpotp000"}
    play(gateway, post("code, unknown id", {**code, "mfaId": "nope"}, status=400, has=("expired MFA",)))
    play(gateway, post("that code is spent", {**code, **mfa}, status=400, has=(INVALID,)))
    play(gateway, post("code", {**GOOD, **mfa}, has=OWN))
    other = play(gateway, post("code first", {**GOOD, "otpId": "otpotpotpotp002"}, status=401)).json()
    play(gateway, post("password second", password, path=f"{path}?mfaId={other['mfaId']}", has=OWN))
    play(gateway, post("once", password, path=f"{path}?mfaId={other['mfaId']}", status=400))
