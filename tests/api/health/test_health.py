"""GET /api/health."""

from collections.abc import Iterator

import pytest

from chalicelib.config import get_config
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

HEALTHY = '{"message":"API is healthy.","code":200,"data":{}}'
SEEN = '"data":{"realIP":"127.0.0.1","possibleProxyHeader":"%s","canBackup":true}'

TRUSTED = '"data":{"realIP":"1.2.3.4","possibleProxyHeader":"X-Forwarded-For","canBackup":true}'

SCENARIOS = [
    Scenario("a guest", "GET", "/api/health", has=(HEALTHY,)),
    Scenario("with a query", "GET", "/api/health?a=1&a=2", has=(HEALTHY,)),
    Scenario("with a malformed body", "GET", "/api/health", body="{", has=(HEALTHY,)),
    Scenario("a bad token", "GET", "/api/health", headers={"Authorization": "nonsense"}, has=(HEALTHY,)),
    Scenario("a superuser", "GET", "/api/health", by="root", has=(SEEN % "",)),
    Scenario(
        "a superuser behind a proxy",
        "GET",
        "/api/health",
        by="root",
        headers={"CF-Connecting-IP": "192.0.2.1"},
        has=(SEEN % "CF-Connecting-IP",),
    ),
    Scenario("fields", "GET", "/api/health?fields=code", has=('{"code":200}',), lacks=("message",)),
    Scenario("wrong fields", "GET", "/api/health?fields=code:nope", status=400),
    Scenario("POST", "POST", "/api/health", status=404, has=("The requested resource wasn't found.",)),
    Scenario("DELETE", "DELETE", "/api/health", status=404, has=("The requested resource wasn't found.",)),
    Scenario("a slash at the end", "GET", "/api/health/", status=404, has=("File not found.",)),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_health(scenario: Scenario, gateway: Gateway, superuser: Superuser) -> None:
    play(gateway, scenario, {"root": superuser.token})


def test_head(gateway: Gateway) -> None:
    status, headers, body = gateway.handle("HEAD", "/api/health", {})
    assert (status, headers["Content-Length"], body) == (200, str(len(HEALTHY)), b"")


def test_a_guest_costs_a_look_at_the_version(gateway: Gateway, defaults: Engine) -> None:
    play(gateway, SCENARIOS[0])
    defaults.calls.reset()
    play(gateway, SCENARIOS[0])
    reads = {name: count for name, count in defaults.calls.by_operation.items() if "Put" not in name}
    assert reads == {"GetItem": 1}


def test_a_header_that_is_trusted_is_told(gateway: Gateway, superuser: Superuser) -> None:
    change_settings({"trustedProxy": {"headers": ["X-Forwarded-For"]}})
    headers = {"X-Forwarded-For": "1.2.3.4", "CF-Connecting-IP": "5.6.7.8"}
    scenario = Scenario("trusted", "GET", "/api/health", by="root", headers=headers, has=(TRUSTED,))
    play(gateway, scenario, {"root": superuser.token})


def test_a_header_that_is_spelled_otherwise_is_another(gateway: Gateway, superuser: Superuser) -> None:
    change_settings({"trustedProxy": {"headers": ["X-Real-IP"]}})
    headers = {"X_Real_IP": "1.2.3.4"}
    none = '"possibleProxyHeader":""'
    scenario = Scenario("otherwise", "GET", "/api/health", by="root", headers=headers, has=(none,))
    play(gateway, scenario, {"root": superuser.token})


@pytest.fixture
def broken_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("QUOLL_LOG_LEVEL", "loud")
    get_config.cache_clear()
    yield
    monkeypatch.undo()
    get_config.cache_clear()


def test_settings_that_make_no_sense(gateway: Gateway, broken_settings: None) -> None:
    status, _, body = gateway.handle("GET", "/api/health", {})
    assert (status, b"QUOLL" in body) == (500, False)
