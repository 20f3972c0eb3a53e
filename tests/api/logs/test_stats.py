"""GET /api/logs/stats."""

import pytest

from dev.gateway import Gateway
from tests.api.logs.conftest import Logged
from tests.scenario import Scenario, play

SCENARIOS = [
    Scenario("a guest", "GET", "/api/logs/stats", status=401),
    Scenario("all", "GET", "/api/logs/stats", by="root", has=('[{"date":"', ':00:00.000Z","total":')),
    Scenario("refusals", "GET", "/api/logs/stats?filter=level>0", by="root", has=('"total":1}]',)),
    Scenario("nothing", "GET", "/api/logs/stats?filter=level>8", by="root", has=("[]",)),
    Scenario(
        "fields", "GET", "/api/logs/stats?filter=level>0&fields=total", by="root", has=('[{"total":1}]',)
    ),
    Scenario("HEAD", "HEAD", "/api/logs/stats", by="root"),
    Scenario(
        "a bad filter",
        "GET",
        "/api/logs/stats?filter=(",
        by="root",
        status=400,
        has=("Invalid filter format.",),
    ),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_stats(scenario: Scenario, gateway: Gateway, tokens: dict[str, str], logged: Logged) -> None:
    play(gateway, scenario, tokens)
