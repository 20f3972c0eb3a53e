"""POST /api/collections/{collection}/auth-with-oauth2."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.schema.auth_options import OAuth2, OAuth2Provider
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.oidc_provider import provider_url
from tests.people import set_auth_options
from tests.scenario import Scenario, play

PATH = "/api/collections/users/auth-with-oauth2"
UNREADABLE = '{"data":{},"message":"An error occurred while loading the submitted data.","status":400}'
ANN = {"sub": "1", "email": "ann@example.com", "email_verified": "true", "_refresh": "again"}
GOOD = {
    "provider": "oidc",
    "code": urlencode(ANN),
    "codeVerifier": "v",
    "redirectURL": "https://app.example.com",
}
TYPE_JSON = {"Content-Type": "application/json"}


def post(name: str, body: object = None, **more: object) -> Scenario:
    return Scenario(name, "POST", str(more.pop("path", PATH)), body=body, **more)  # type: ignore[arg-type]


SCENARIOS = [
    post(
        "signs in",
        GOOD,
        has=('"isNew":true', '"refreshToken":"again"', '"verified":true'),
        lacks=("tokenKey",),
    ),
    post("by the old name of the address", {**GOOD, "redirectUrl": "x"}, has=('"isNew":true',)),
    post("fields", GOOD, path=f"{PATH}?fields=meta.isNew", has=('{"meta":{"isNew":true}}',)),
    post("wrong fields", GOOD, path=f"{PATH}?fields=record:nope", status=400, lacks=("token",)),
    post("nothing", status=400, has=('"code":{"code":"validation_required"', '"provider":{"code"')),
    post("unknown provider", {**GOOD, "provider": "x"}, status=400, has=("Provider with name x is missing",)),
    post("malformed", "{bad", headers=TYPE_JSON, status=400, has=(UNREADABLE,)),
    post("createData a text", {**GOOD, "createData": "x"}, status=400, has=(UNREADABLE,)),
    post(
        "a hostile createData",
        {**GOOD, "createData": {"id": {"a": 1}, "email": [1], "password": 5}},
        status=400,
    ),
    post("verified by itself", {**GOOD, "createData": {"verified": True}}, status=400, has=("verified",)),
    post(
        "refused code",
        {**GOOD, "code": "_token_status=400"},
        status=400,
        has=("OAuth2 token.",),
        lacks=("tell",),
    ),
    post(
        "refused user",
        {**GOOD, "code": "_user_status=400"},
        status=400,
        has=("OAuth2 user.",),
        lacks=("tell",),
    ),
    *[
        post(f"a user {kind}", {**GOOD, "code": f"_user_as={kind}"}, status=400, has=("OAuth2 user.",))
        for kind in ("deep", "nan", "twice", "half", "utf16")
    ],
    post("a user who moved", {**GOOD, "code": f"{GOOD['code']}&_user_as=moved"}, has=('"isNew":true',)),
    post(
        "off", GOOD, path="/api/collections/_superusers/auth-with-oauth2", status=403, has=("not configured",)
    ),
    post("no such collection", "{bad", path="/api/collections/nope/auth-with-oauth2", status=404),
    post("no auth collection", GOOD, path="/api/collections/_mfas/auth-with-oauth2", status=404),
    Scenario("GET", "GET", PATH, status=404),
]


@pytest.fixture(autouse=True)
def users(defaults: Engine) -> None:
    at = f"{provider_url()}/oidc"
    stub = OAuth2Provider(
        name="oidc",
        client_id="client",
        client_secret="secret",
        token_url=f"{at}/token",
        user_info_url=f"{at}/user",
    )
    set_auth_options("users", oauth2=OAuth2(providers=(stub,), enabled=True))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_auth_with_oauth2(scenario: Scenario, gateway: Gateway) -> None:
    play(gateway, scenario)


ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.fixed_dictionaries(
        {},
        optional={
            "provider": st.just("oidc") | ANYTHING,
            "code": st.just("sub=1&_user_as=list") | ANYTHING,
            "codeVerifier": ANYTHING,
            "redirectURL": ANYTHING,
            "createData": ANYTHING | st.dictionaries(st.sampled_from(["email", "id", "avatar"]), ANYTHING),
        },
    )
)
def test_nothing_breaks_it(gateway: Gateway, body: dict[str, object]) -> None:
    scenario = post("hostile", body, status=400)
    play(gateway, scenario)
