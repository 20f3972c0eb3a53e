"""What happens around every view, on small views of the test's own."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chalice.app import Chalice, CORSConfig, NotFoundError, Response

from chalicelib.errors import Forbidden, ValidationFailed
from chalicelib.observability.logger import logger
from chalicelib.observability.request_log import note_facts
from chalicelib.routes.answer import json_answer, no_content
from chalicelib.routes.middleware import MIDDLEWARE, STANDARD_HEADERS
from dev.event import HttpRequest
from dev.gateway import Gateway

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImFiYyJ9.c2lnbmF0dXJlLW9mLWl0"
GENERIC = "Something went wrong while processing your request."


def raises(error: Exception) -> Callable[[str], Response]:
    def view(thing: str) -> Response:
        raise error

    return view


def signed_in(thing: str) -> Response:
    note_facts(auth_id="ann")
    return json_answer({"thing": thing})


VIEWS: dict[str, Callable[[str], Any]] = {
    "ok": signed_in,
    "nothing": lambda thing: no_content(),
    "refused": raises(ValidationFailed("failed to do it", {"a": {"code": "c", "message": "M."}})),
    "forbidden": raises(Forbidden()),
    "broken": raises(RuntimeError("the secret is 1234")),
    "chalices": raises(NotFoundError("internal detail")),
    "interrupted": raises(RecursionError()),
    "unwritable": lambda thing: json_answer(object()),
    "bad_header": lambda thing: Response(b"{}", headers={"X-Bad": "a\nb"}),
}


@pytest.fixture(scope="module")
def small() -> Gateway:
    """An application of these views, put together as app.py does."""
    app = Chalice("quoll", configure_logs=False)
    app.api.binary_types = ["*/*"]
    app.api.cors = CORSConfig(allow_origin="*", allow_headers=["*"], max_age=5)
    for middleware in MIDDLEWARE:
        app.register_middleware(middleware, "http")
    for name, view in VIEWS.items():
        app.route(f"/{name}/{{thing}}", methods=["GET", "HEAD", "POST"], name=name, content_types=[])(view)
    return Gateway(app)


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What was logged, each line parsed."""
    seen: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(json.loads(self.format(record)))

    keep = Keep()
    keep.setFormatter(logger.registered_formatter)
    logger.addHandler(keep)
    yield seen
    logging.getLogger("quoll").removeHandler(keep)


ERRORS = [
    (
        "refused",
        400,
        {"data": {"a": {"code": "c", "message": "M."}}, "message": "Failed to do it.", "status": 400},
    ),
    (
        "forbidden",
        403,
        {"data": {}, "message": "You are not allowed to perform this request.", "status": 403},
    ),
    ("broken", 500, {"data": {}, "message": GENERIC, "status": 500}),
    ("interrupted", 500, {"data": {}, "message": GENERIC, "status": 500}),
    ("unwritable", 500, {"data": {}, "message": GENERIC, "status": 500}),
    ("bad_header", 500, {"data": {}, "message": GENERIC, "status": 500}),
    ("chalices", 404, {"data": {}, "message": "File not found.", "status": 404}),
]


@pytest.mark.parametrize(("view", "status", "shown"), ERRORS)
def test_errors_are_json(small: Gateway, view: str, status: int, shown: dict[str, Any]) -> None:
    answered, headers, body = small.handle("GET", f"/{view}/x")
    assert (answered, json.loads(body)) == (status, shown)
    assert headers["Content-Type"] == "application/json"
    assert headers.items() >= STANDARD_HEADERS.items()


@pytest.mark.parametrize("accept", [None, "*/*", "text/html", "application/x-nope;q=0", ""])
def test_what_the_client_accepts_does_not_matter(small: Gateway, accept: str | None) -> None:
    assert small.handle("GET", "/ok/x", {"Accept": accept} if accept is not None else {})[0] == 200


@pytest.mark.parametrize("content_type", [None, "application/json", "foo/bar", "", ";"])
def test_what_the_client_sends_is_judged_by_who_reads_it(small: Gateway, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type is not None else {}
    assert small.handle("POST", "/ok/x", headers, b"\xff")[0] == 200


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("x", "x"),
        ("a%20b", "a b"),
        ("a%2Fb", "a/b"),
        ("100%25", "100%"),
        ("%2525", "%25"),
        ("a+b", "a+b"),
        ("%ff", "\ufffd"),
    ],
)
def test_path_parameters_arrive_decoded_once(small: Gateway, sent: str, seen: str) -> None:
    assert json.loads(small.handle("GET", f"/ok/{sent}")[2]) == {"thing": seen}


def test_another_origin_may_read(small: Gateway) -> None:
    headers = small.handle("GET", "/ok/x", {"Origin": "https://example.com"})[1]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert not [name for name in headers if name.startswith("Access-Control") and not name.endswith("Origin")]


def test_without_origin_nothing_is_said_of_origins(small: Gateway) -> None:
    assert not [name for name in small.handle("GET", "/ok/x")[1] if name.startswith("Access-Control")]


def test_head_says_how_long_the_body_would_be(small: Gateway) -> None:
    status, headers, body = small.handle("HEAD", "/ok/x")
    assert (status, headers["Content-Length"], body) == (200, str(len('{"thing":"x"}')), b"")


def test_no_content_has_no_type(small: Gateway) -> None:
    status, headers, body = small.handle("GET", "/nothing/x")
    assert (status, body, "Content-Type" in headers) == (204, b"", False)


def test_one_line_per_request(small: Gateway, lines: list[dict[str, Any]]) -> None:
    small.answer(HttpRequest("GET", "/ok/x?page=2", {"User-Agent": "probe"}, ip="192.0.2.7"))
    (line,) = lines
    assert line["message"] == "request"
    assert {
        name: line[name] for name in ("method", "route", "path", "status", "ip", "user_agent", "auth_id")
    } == {
        "method": "GET",
        "route": "/ok/{thing}",
        "path": "/ok/x",
        "status": 200,
        "ip": "192.0.2.7",
        "user_agent": "probe",
        "auth_id": "ann",
    }
    assert line["query"] == {"page": "2"}
    assert line["milliseconds"] >= 0
    assert (line["dynamodb_calls"], line["read_units"], line["write_units"]) == (0, 0, 0)
    assert line["request_id"]


def test_each_request_has_an_id_of_its_own(small: Gateway, lines: list[dict[str, Any]]) -> None:
    small.handle("GET", "/ok/x")
    small.handle("GET", "/forbidden/x")
    assert len({line["request_id"] for line in lines}) == 2
    assert "auth_id" not in lines[1]


def test_an_exception_is_in_the_log_and_not_in_the_answer(
    small: Gateway, lines: list[dict[str, Any]]
) -> None:
    body = small.handle("GET", "/broken/x")[2]
    assert b"1234" not in body
    failure, request = lines
    assert "the secret is 1234" in failure["exception"]
    assert failure["level"] == "ERROR"
    assert request["status"] == 500
    assert failure["request_id"] == request["request_id"]


def test_no_secret_is_logged(small: Gateway, lines: list[dict[str, Any]]) -> None:
    headers = {"Authorization": TOKEN, "User-Agent": f"x {TOKEN}", "Cookie": "a=hunter2"}
    small.handle(
        "POST", f"/ok/{TOKEN}?token={TOKEN}&filter=%27{TOKEN}%27", headers, b'{"password":"hunter2"}'
    )
    written = json.dumps(lines)
    assert TOKEN not in written
    assert "hunter2" not in written
