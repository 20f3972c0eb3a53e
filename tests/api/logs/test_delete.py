"""DELETE /api/logs."""

import pytest

from chalicelib.jobs.firing import run_asked
from chalicelib.storage.engine import Engine
from chalicelib.storage.request_logs import find_log
from dev.gateway import Gateway
from tests.api.logs.conftest import Logged
from tests.scenario import Scenario, play

SCENARIOS = [
    Scenario("a guest", "DELETE", "/api/logs", status=401),
    Scenario("all", "DELETE", "/api/logs", by="root", status=204),
    Scenario("create one", "POST", "/api/logs", {}, by="root", status=404),
    Scenario("change all", "PATCH", "/api/logs", {}, by="root", status=404),
]
CLEAR, LIST = SCENARIOS[1], Scenario("list", "GET", "/api/logs", by="root")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_delete(scenario: Scenario, gateway: Gateway, tokens: dict[str, str], logged: Logged) -> None:
    play(gateway, scenario, tokens)


def test_it_is_empty_at_once_and_gone_soon(gateway: Gateway, tokens: dict[str, str], logged: Logged) -> None:
    play(gateway, CLEAR, tokens)
    assert play(gateway, LIST, tokens).json()["totalItems"] == 0
    run_asked()
    assert [find_log(item["id"]) for item in logged] == [None] * len(logged)


def test_a_refused_one_clears_nothing(gateway: Gateway, tokens: dict[str, str], logged: Logged) -> None:
    play(gateway, SCENARIOS[0])
    assert play(gateway, LIST, tokens).json()["totalItems"] == len(logged) + 1


def test_what_it_costs(gateway: Gateway, tokens: dict[str, str], logged: Logged, defaults: Engine) -> None:
    defaults.calls.reset()
    play(gateway, CLEAR, tokens)
    # However much there is: since when it is empty, and that somebody cleans up.
    assert defaults.calls.by_operation["PutItem"] == 2
    assert defaults.calls.by_operation["DeleteItem"] == 0
