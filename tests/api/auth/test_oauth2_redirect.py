"""GET and POST /api/oauth2-redirect, and what superusers ask about providers."""

import pytest

from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

PATH = "/api/oauth2-redirect"
KNOWN = "/api/collections/meta/oauth2-providers"
SECRET = "/api/settings/apple/generate-client-secret"
FAILURE = "../_/#/auth/oauth2-redirect-failure"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}

REDIRECTS = [
    Scenario("nothing", "GET", PATH, status=307),
    Scenario("nobody waits", "GET", f"{PATH}?state=abc&code=1", status=307),
    Scenario(
        "another place",
        "GET",
        f"{PATH}?state=//evil.example.com&redirect=https://evil.example.com",
        status=307,
    ),
    Scenario("HEAD", "HEAD", f"{PATH}?state=abc", status=303),
    Scenario("a form", "POST", PATH, "state=a&code=b", FORM, status=303),
    Scenario("a header in a form", "POST", PATH, "state=a%0d%0aX-Evil:1&code=b", FORM, status=303),
    Scenario("malformed", "POST", PATH, "{", JSON, status=303),
    Scenario("numbers", "POST", PATH, {"state": 5, "code": []}, status=303),
]


@pytest.mark.parametrize("scenario", REDIRECTS, ids=str)
def test_back_to_our_own_page_and_nowhere_else(
    scenario: Scenario, gateway: Gateway, defaults: Engine
) -> None:
    answer = play(gateway, scenario)
    assert {name.lower(): value for name, value in answer.headers.items()}["location"] == FAILURE
    assert answer.text == ""


SCENARIOS = [
    Scenario("providers, a guest", "GET", KNOWN, status=401),
    Scenario(
        "providers", "GET", KNOWN, by="root", has=('{"name":"apple","displayName":"Apple","logo":"<svg ',)
    ),
    Scenario("providers, fields", "GET", f"{KNOWN}?fields=name", by="root", has=('[{"name":"apple"},',)),
    Scenario("providers, wrong fields", "GET", f"{KNOWN}?fields=a:nope", by="root", status=400),
    Scenario("apple, a guest", "POST", SECRET, {}, status=401),
    Scenario("apple, empty", "POST", SECRET, {}, by="root", status=400, has=("Invalid client secret data.",)),
    Scenario("apple, malformed", "POST", SECRET, "{", JSON, by="root", status=400, has=("loading",)),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_for_superusers(scenario: Scenario, gateway: Gateway, superuser: Superuser) -> None:
    play(gateway, scenario, {"root": superuser.token})
