"""What is told of a request: ids to find its lines by, metrics, and no secret anywhere."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from chalice.app import Chalice, Response

from chalicelib.config import get_config
from chalicelib.errors import Forbidden, Overloaded
from chalicelib.observability import cold_start, metrics
from chalicelib.observability.logger import logger
from chalicelib.observability.request_log import note_facts
from chalicelib.routes import watch
from chalicelib.routes.answer import json_answer
from chalicelib.routes.middleware import MIDDLEWARE
from dev.gateway import Gateway
from tests.logged import kept_lines

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImFiYyJ9.c2lnbmF0dXJlLW9mLWl0"


def listing() -> Response:
    logger.info("within")
    note_facts(plan="gsi2(title)", items=7, auth_id="ann")
    return json_answer({})


def refusing() -> Response:
    raise Forbidden()


def busy() -> Response:
    raise Overloaded()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """An application of these views, which are allowed everything."""
    app = Chalice("quoll", configure_logs=False)
    app.api.binary_types = ["*/*"]
    for middleware in MIDDLEWARE:
        app.register_middleware(middleware, "http")
    for view in (listing, refusing, busy):
        app.route(f"/{view.__name__}", methods=["GET", "POST"], name=view.__name__, content_types=[])(view)
    return Gateway(app)


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    with kept_lines() as seen:
        yield seen


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The lines of metrics so far."""
    monkeypatch.setattr(metrics, "get_config", lambda: replace(get_config(), stage="prod", metrics="stage"))
    monkeypatch.setattr(watch, "cold_start", cold_start.ColdStart())
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]


def test_all_lines_of_a_request_are_found_together(small: Gateway, lines: list[dict[str, Any]]) -> None:
    small.handle("GET", "/listing", {"X-Request-Id": "order-17"})
    within, request = lines
    for line in (within, request):
        assert line["function"] == "listing"
        assert line["client_request_id"] == "order-17"
        assert line["request_id"] == request["request_id"] != ""


def test_the_next_request_has_nothing_of_the_last(small: Gateway, lines: list[dict[str, Any]]) -> None:
    small.handle("GET", "/listing", {"X-Request-Id": "order-17"})
    small.handle("GET", "/refusing")
    assert "client_request_id" not in lines[-1]
    assert lines[-1]["function"] == "refusing"


@pytest.mark.parametrize("given", ["", "a b", "a\nb", "x" * 129, '{"a":1}', "é"])
def test_what_a_client_calls_its_request_is_short_and_plain(
    small: Gateway, lines: list[dict[str, Any]], given: str
) -> None:
    small.handle("GET", "/listing", {"X-Request-Id": given})
    assert "client_request_id" not in lines[-1]


def test_a_token_as_an_id_is_hidden(small: Gateway, lines: list[dict[str, Any]]) -> None:
    small.handle("GET", "/listing", {"X-Request-Id": TOKEN})
    assert lines[-1]["client_request_id"] == "***"


def test_metrics_of_a_list(small: Gateway, measured: Any) -> None:
    small.handle("GET", "/listing")
    (line,) = measured()
    assert (line["stage"], line["function"], line["route"], line["plan"]) == (
        "prod",
        "listing",
        "/listing",
        "gsi2(title)",
    )
    assert (line["ItemsExamined"], line["Errors"], line["Refusals"], line["ColdStart"]) == (
        [7.0],
        [0.0],
        [0.0],
        [1.0],
    )
    assert line["Latency"][0] >= 0


@pytest.mark.parametrize(("path", "refusals", "errors"), [("/refusing", 1.0, 0.0), ("/busy", 0.0, 1.0)])
def test_metrics_of_a_failure(
    small: Gateway, measured: Any, path: str, refusals: float, errors: float
) -> None:
    small.handle("GET", path)
    (line,) = measured()
    assert (line["Refusals"], line["Errors"]) == ([refusals], [errors])


def test_only_the_first_is_a_cold_start(small: Gateway, measured: Any) -> None:
    for _ in range(2):
        small.handle("GET", "/listing")
    first, second = measured()
    assert "ColdStart" in first and "ColdStart" not in second


def test_no_secret_is_in_logs_or_metrics(small: Gateway, lines: list[dict[str, Any]], measured: Any) -> None:
    headers = {
        "Authorization": TOKEN,
        "User-Agent": f"x {TOKEN}",
        "Cookie": "a=hunter2",
        "X-Request-Id": TOKEN,
    }
    small.handle(
        "POST", f"/listing?token={TOKEN}&password=hunter2&filter=tokenKey='hunter2'", headers, b"hunter2"
    )
    written = json.dumps([lines, measured()])
    assert TOKEN not in written
    assert "hunter2" not in written
