"""GET /api/crons."""

import json

import pytest

from chalicelib.jobs.schedules import SCHEDULES
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

SCENARIOS = [
    Scenario("a guest", "GET", "/api/crons", status=401, has=("valid record authorization token",)),
    Scenario(
        "a superuser",
        "GET",
        "/api/crons",
        by="root",
        has=('[{"id":"__pbDBOptimize__","expression":"0 0 * * *"},{"id":"__pbMFACleanup__",',),
    ),
    Scenario("fields", "GET", "/api/crons?fields=id", by="root", lacks=("expression",)),
    Scenario("impossible fields", "GET", "/api/crons?fields=a:nope", by="root", status=400),
    Scenario("one", "GET", "/api/crons/__pbMFACleanup__", by="root", status=404),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_list(scenario: Scenario, gateway: Gateway, superuser: Superuser) -> None:
    play(gateway, scenario, {"root": superuser.token})


def test_all_are_listed(gateway: Gateway, superuser: Superuser) -> None:
    answer = play(gateway, SCENARIOS[1], {"root": superuser.token})
    assert json.loads(answer.text) == [each.to_json() for each in SCHEDULES]
