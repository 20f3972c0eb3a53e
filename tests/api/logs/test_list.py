"""GET /api/logs."""

import pytest

from dev.gateway import Gateway
from tests.api.logs.conftest import Logged
from tests.conftest import Superuser
from tests.scenario import Scenario, play
from tests.storage.faults import Fault, Faulty

SCENARIOS = [
    Scenario("a guest", "GET", "/api/logs", status=401, has=("valid record authorization token",)),
    Scenario("all", "GET", "/api/logs", by="root", has=('"totalItems":4', '"message":"GET /api/health"')),
    Scenario("a page", "GET", "/api/logs?perPage=3&page=2", by="root", has=('"totalPages":2', "HEAD")),
    Scenario("backwards", "GET", "/api/logs?sort=-@rowid&perPage=1", by="root", has=("HEAD",)),
    Scenario(
        "refusals", "GET", "/api/logs?filter=level>0", by="root", has=('"totalItems":1', '"status":401')
    ),
    Scenario("of nobody", "GET", "/api/logs?filter=data.auth=''", by="root", has=('"totalItems":2',)),
    Scenario(
        "fields", "GET", "/api/logs?fields=data.url", by="root", has=('{"data":{"url":"/api/health"}}',)
    ),
    Scenario("impossible fields", "GET", "/api/logs?fields=a:nope", by="root", status=400),
    Scenario("a bad filter", "GET", "/api/logs?filter=nope=1", by="root", status=400),
    Scenario("a bad sort", "GET", "/api/logs?sort=nope", by="root", status=400),
    Scenario("a bad page", "GET", "/api/logs?page=x", by="root", status=400),
    Scenario("HEAD", "HEAD", "/api/logs", by="root"),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_list(scenario: Scenario, gateway: Gateway, tokens: dict[str, str], logged: Logged) -> None:
    play(gateway, scenario, tokens)


def test_what_is_told(logged: Logged) -> None:
    health, listed, refused, head = logged
    assert health["data"]["auth"] == "" and health["level"] == 0 and "error" not in health["data"]
    assert listed["data"]["url"] == "/api/collections?perPage=1"
    assert (listed["data"]["auth"], "authId" in listed["data"]) == ("_superusers", False)
    assert refused["data"]["error"] == "The request requires valid record authorization token."
    assert (refused["level"], refused["data"]["details"]) == (8, None)
    assert (head["message"], head["data"]["method"]) == ("HEAD /api/collections/users", "HEAD")


def test_looking_is_not_logged_but_being_refused_is(
    gateway: Gateway, tokens: dict[str, str], logged: Logged
) -> None:
    answer = play(gateway, Scenario("again", "GET", "/api/logs", by="root"), tokens)
    assert answer.json()["items"] == logged
    play(gateway, Scenario("refused", "GET", "/api/logs?page=x", by="root", status=400), tokens)
    answer = play(gateway, Scenario("and again", "GET", "/api/logs", by="root"), tokens)
    assert [item["message"] for item in answer.json()["items"]][4:] == ["GET /api/logs?page=x"]


def test_settings_count_at_once(gateway: Gateway, tokens: dict[str, str], logged: Logged) -> None:
    settings = {"logs": {"minLevel": 8, "logAuthId": True, "logIP": False}}
    play(gateway, Scenario("change", "PATCH", "/api/settings", settings, by="root"), tokens)
    play(gateway, Scenario("fine", "GET", "/api/collections", by="root"), tokens)
    play(gateway, Scenario("refused", "GET", "/api/collections/nope", by="root", status=404), tokens)
    answer = play(gateway, Scenario("list", "GET", "/api/logs", by="root"), tokens)
    (new,) = answer.json()["items"][4:]
    assert new["data"]["authId"] == "testsuperuser01" and "userIP" not in new["data"]


@pytest.mark.usefixtures("kept")
def test_every_kind_of_view_may_leave_a_line(gateway: Gateway, superuser: Superuser) -> None:
    """A view's role lets it write lines of the log, and nothing else where it only reads."""
    asked = ["/api/health", "/api/collections", "/api/crons", "/api/collections/users/records"]
    for path in asked:
        gateway.handle("GET", path, {"Authorization": superuser.token})
    answer = play(gateway, Scenario("list", "GET", "/api/logs", by="root"), {"root": superuser.token})
    assert [item["data"]["url"] for item in answer.json()["items"]] == asked


@pytest.mark.usefixtures("kept")
def test_an_answer_does_not_depend_on_its_line(gateway: Gateway, superuser: Superuser, defaults) -> None:
    defaults.send = Faulty(defaults.send, [Fault("PutItem", KeyError("x"))])
    play(gateway, Scenario("health", "GET", "/api/health"))
