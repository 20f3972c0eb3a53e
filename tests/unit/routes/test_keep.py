"""A request as the requests' log sees it."""

from typing import Any

import pytest
from chalice.app import Chalice, Response

from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.filters import FilterError
from chalicelib.logs.entry import Seen
from chalicelib.observability.request_log import note_facts
from chalicelib.routes import watch
from chalicelib.routes.answer import json_answer
from chalicelib.routes.keep import note_refusal
from chalicelib.routes.middleware import MIDDLEWARE
from dev.event import HttpRequest
from dev.gateway import Gateway
from tests.logged import kept_lines


def fine() -> Response:
    note_facts(auth_collection="users", auth_id="ann", ip="9.9.9.9")
    return json_answer({})


def refusing() -> Response:
    raise ValidationFailed(data={"title": {"code": "validation_required", "message": "Cannot be blank."}})


def misreading() -> Response:
    raise BadRequest() from FilterError("invalid left operand")


def failing() -> Response:
    raise BadRequest("no") from KeyError("hunter2")


def broken() -> Response:
    raise RuntimeError("hunter2")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Seen]:
    """What the log is told."""
    kept: list[Seen] = []
    monkeypatch.setattr(watch, "keep_request", lambda look: kept.append(look()))
    return kept


@pytest.fixture
def small(seen: list[Seen]) -> Gateway:
    app = Chalice("quoll", configure_logs=False)
    app.api.binary_types = ["*/*"]
    for middleware in MIDDLEWARE:
        app.register_middleware(middleware, "http")
    for view in (fine, refusing, misreading, failing, broken):
        app.route(f"/{view.__name__}", methods=["GET", "HEAD"], name=view.__name__, content_types=[])(view)
    return Gateway(app)


def test_a_request(small: Gateway, seen: list[Seen]) -> None:
    headers = {"Referer": "http://x/", "User-Agent": "me"}
    small.answer(HttpRequest("GET", "/fine?a=1&b=%C3%A9%20(x)&a=2", headers, b"", "1.2.3.4"))
    (told,) = seen
    assert told.milliseconds > 0
    assert (told.method, told.url, told.status) == ("GET", "/fine?a=1&a=2&b=%C3%A9%20(x)", 200)
    assert (told.referer, told.user_agent) == ("http://x/", "me")
    assert (told.remote_ip, told.user_ip) == ("1.2.3.4", "9.9.9.9")
    assert (told.auth, told.auth_id) == ("users", "ann")
    assert told.error is None and told.details is None


@pytest.mark.parametrize(
    ("path", "status", "error", "details"),
    [
        (
            "/refusing",
            400,
            "An error occurred while validating the submitted data.",
            {"title": "cannot be blank"},
        ),
        ("/misreading", 400, BadRequest.message, "invalid left operand"),
        ("/failing", 400, "No.", None),
        ("/broken", 500, BadRequest.message, None),
    ],
)
def test_a_refusal(
    small: Gateway, seen: list[Seen], path: str, status: int, error: str, details: Any
) -> None:
    small.handle("GET", path)
    (told,) = seen
    assert (told.status, told.error, told.details) == (status, error, details)
    assert (told.auth, told.remote_ip) == ("", told.user_ip)


def test_the_next_request_has_nothing_of_the_last(small: Gateway, seen: list[Seen]) -> None:
    small.handle("GET", "/refusing")
    small.handle("HEAD", "/fine")
    assert (seen[1].method, seen[1].error, seen[1].details) == ("HEAD", None, None)


def test_details_are_for_this_log_alone(small: Gateway) -> None:
    with kept_lines() as lines:
        small.handle("GET", "/refusing")
    assert "error" in lines[-1] and "details" not in lines[-1]


def test_outside_a_request_nothing_happens() -> None:
    note_refusal(BadRequest())


def test_headers_that_are_not_there_are_empty(small: Gateway, seen: list[Seen]) -> None:
    small.handle("GET", "/fine")
    assert seen[0].url == "/fine"
    assert seen[0].referer == seen[0].user_agent == ""
