"""GET /api/logs/{log}."""

import pytest

from dev.gateway import Gateway
from tests.api.logs.conftest import Logged
from tests.scenario import Scenario, play

SCENARIOS = [
    Scenario("a guest", "GET", "/api/logs/{log}", status=401),
    Scenario("one", "GET", "/api/logs/{log}", by="root", has=('{"id":"{log}","created":"',)),
    Scenario("HEAD", "HEAD", "/api/logs/{log}", by="root"),
    Scenario("fields", "GET", "/api/logs/{log}?fields=level", by="root", has=('{"level":0}',)),
    Scenario("impossible fields", "GET", "/api/logs/{log}?fields=a:nope", by="root", status=400),
    Scenario("none", "GET", "/api/logs/abcdefghijklmno", by="root", status=404, has=("wasn't found",)),
    Scenario("of no form", "GET", "/api/logs/%F0%9F%98%80", by="root", status=404),
    Scenario("change it", "PATCH", "/api/logs/{log}", {}, by="root", status=404),
    Scenario("remove it", "DELETE", "/api/logs/{log}", by="root", status=404),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_view(scenario: Scenario, gateway: Gateway, tokens: dict[str, str], logged: Logged) -> None:
    play(gateway, scenario, tokens, {"log": logged[0]["id"]})
