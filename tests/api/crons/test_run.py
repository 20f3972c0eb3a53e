"""POST /api/crons/{job}."""

import pytest

from chalicelib.jobs.firing import ASKED, run_asked
from chalicelib.storage.engine import Engine
from chalicelib.storage.tasks import find_tasks
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

RUN = Scenario("a superuser", "POST", "/api/crons/__pbMFACleanup__", by="root", status=204)

SCENARIOS = [
    Scenario("a guest", "POST", "/api/crons/__pbMFACleanup__", status=401),
    Scenario("a guest, an unknown job", "POST", "/api/crons/nope", status=401),
    Scenario(
        "an unknown job",
        "POST",
        "/api/crons/nope",
        by="root",
        status=404,
        has=("Missing or invalid cron job.",),
    ),
    Scenario("other letters", "POST", "/api/crons/__pbmfacleanup__", by="root", status=404),
    Scenario("a long name", "POST", "/api/crons/" + "x" * 3000, by="root", status=404),
    Scenario("half a character", "POST", "/api/crons/%ed%a0%80", by="root", status=404),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_refused_and_nothing_is_asked_for(scenario: Scenario, gateway: Gateway, superuser: Superuser) -> None:
    play(gateway, scenario, {"root": superuser.token})
    assert find_tasks(ASKED) == []


@pytest.mark.parametrize("body", [None, {"a": 1}, '{"a'], ids=["nothing", "JSON", "broken JSON"])
def test_the_job_is_asked_for_whatever_is_sent(gateway: Gateway, superuser: Superuser, body: object) -> None:
    asked = Scenario("sent", "POST", "/api/crons/__pbOTPCleanup__?fields=:bad(", body, by="root", status=204)
    assert play(gateway, asked, {"root": superuser.token}).text == ""
    assert [task.name for task in find_tasks(ASKED)] == ["__pbOTPCleanup__"]


def test_asked_for_twice_it_runs_once(gateway: Gateway, superuser: Superuser) -> None:
    for _ in range(2):
        play(gateway, RUN, {"root": superuser.token})
    assert (run_asked(), run_asked()) == (1, 0)


def test_what_it_costs(gateway: Gateway, superuser: Superuser, defaults: Engine) -> None:
    play(gateway, RUN, {"root": superuser.token})
    assert defaults.calls.by_operation["PutItem"] == 1
