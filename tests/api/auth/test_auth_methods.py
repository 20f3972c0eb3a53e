"""GET /api/collections/{collection}/auth-methods."""

import pytest

from dev.gateway import Gateway
from tests.scenario import Scenario, play

PATH = "/api/collections/users/auth-methods"
DEFAULT = (
    '{"password":{"identityFields":["email"],"enabled":true},"oauth2":{"providers":[],"enabled":false},'
    '"mfa":{"enabled":false,"duration":0},"otp":{"enabled":false,"duration":0},"authProviders":[],'
    '"usernamePassword":false,"emailPassword":true}'
)

SCENARIOS = [
    Scenario("users", "GET", PATH, has=(DEFAULT,)),
    Scenario("superusers", "GET", "/api/collections/_superusers/auth-methods", has=(DEFAULT,)),
    Scenario("by id", "GET", "/api/collections/_pb_users_auth_/auth-methods", has=(DEFAULT,)),
    Scenario("fields", "GET", f"{PATH}?fields=password.enabled", has=('{"password":{"enabled":true}}',)),
    Scenario("HEAD", "HEAD", PATH),
    Scenario(
        "a base collection",
        "GET",
        "/api/collections/_mfas/auth-methods",
        status=404,
        has=("Missing or invalid auth collection context.",),
    ),
    Scenario(
        "no such collection",
        "GET",
        "/api/collections/nope/auth-methods",
        status=404,
        has=("Missing or invalid collection context.",),
    ),
    Scenario("POST", "POST", PATH, status=404, has=("The requested resource wasn't found.",)),
    Scenario("a slash at the end", "GET", f"{PATH}/", status=404, has=("File not found.",)),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_auth_methods(scenario: Scenario, gateway: Gateway) -> None:
    play(gateway, scenario)
