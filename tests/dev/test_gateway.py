"""The gateway in process: which requests reach the application, as what, and how answers come back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice import Chalice, Response

from dev.gateway import BODY_MAX, Gateway
from dev.matching import find_route, grow


def make_app() -> Chalice:
    app = Chalice(app_name="sample", configure_logs=False)
    app.api.binary_types = ["*/*"]

    def show(**captured: str) -> Response:
        event = app.current_request.to_original_event()
        shown = {**event, "captured": captured, "raw": app.current_request.raw_body.decode()}
        return Response(json.dumps(shown).encode(), headers={"Content-Type": "application/json"})

    def route(path: str, *methods: str) -> Callable[..., Any]:
        return app.route(path, methods=list(methods), content_types=[], name=f"at{len(app.routes)}")(show)

    route("/api/things", "GET", "HEAD", "POST")
    route("/api/things/{thing}", "GET")
    route("/api/things/meta/list", "GET")
    route("/api/things/{thing}/parts/{part}", "DELETE")
    return app


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    return Gateway(make_app())


ACCEPT = {"Accept": "*/*"}


def seen(gateway: Gateway, *request: Any) -> dict[str, Any]:
    status, _, body = gateway.handle(*request)
    assert status == 200
    shown = json.loads(body)
    assert isinstance(shown, dict)
    return shown


def test_the_event_is_what_a_rest_api_sends(gateway: Gateway) -> None:
    headers = {"X-Two": ["1", "2"], "User-Agent": "tests", **ACCEPT}
    event = seen(gateway, "POST", "/api/things?a=1&b=x%20y&a=%26", headers, b'{"n":1}')
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/api/things", "/api/things", "POST")
    assert event["queryStringParameters"] == {"a": "&", "b": "x y"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "&"], "b": ["x y"]}
    assert event["headers"] == {"X-Two": "2", "User-Agent": "tests", "Accept": "*/*"}
    assert event["multiValueHeaders"]["X-Two"] == ["1", "2"]
    assert (event["isBase64Encoded"], event["body"], event["raw"]) == (True, "eyJuIjoxfQ==", '{"n":1}')
    assert event["requestContext"]["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "tests"}
    assert event["requestContext"]["resourcePath"] == "/api/things"


def test_nothing_is_sent_as_nothing(gateway: Gateway) -> None:
    event = seen(gateway, "GET", "/api/things?", ACCEPT)
    nothing = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body")
    assert [event[name] for name in nothing] == [None] * 4
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("method", "path", "captured"),
    [
        ("GET", "/api/things/a", {"thing": "a"}),
        ("GET", "/api/things/a%2Fb%20c", {"thing": "a%2Fb%20c"}),
        ("DELETE", "/api/things/a/parts/b", {"thing": "a", "part": "b"}),
        ("GET", "/api/things/meta/list", {}),
        ("GET", "/api/things", {}),
    ],
)
def test_path_variables_arrive_as_they_were_sent(
    gateway: Gateway, method: str, path: str, captured: dict[str, str]
) -> None:
    assert seen(gateway, method, path, ACCEPT)["captured"] == captured


NO_FILE = "File not found."
NO_RESOURCE = "The requested resource wasn't found."


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/", NO_FILE),
        ("GET", "/api", NO_FILE),
        ("GET", "/api/nothing", NO_FILE),
        ("GET", "/api/things/", NO_FILE),
        ("GET", "/api/things//parts/b", NO_FILE),
        ("GET", "/api/things/a/parts/b", NO_FILE),
        ("GET", "*", NO_FILE),
        ("POST", "/api/nothing", NO_RESOURCE),
        ("DELETE", "/api/things", NO_RESOURCE),
        ("PUT", "/api/things/a", NO_RESOURCE),
        ("BREW", "/api/things", NO_RESOURCE),
    ],
)
def test_what_is_not_there(gateway: Gateway, method: str, path: str, message: str) -> None:
    status, headers, body = gateway.handle(method, path, {"origin": "http://x.test"})
    assert json.loads(body) == {"data": {}, "message": message, "status": status} and status == 404
    assert headers["Content-Type"] == "application/json"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_origin_no_cors(gateway: Gateway) -> None:
    _, headers, _ = gateway.handle("GET", "/api/nothing")
    assert "Access-Control-Allow-Origin" not in headers


def test_head_has_headers_and_no_body(gateway: Gateway) -> None:
    status, headers, body = gateway.handle("HEAD", "/api/things", ACCEPT)
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0
    assert gateway.handle("HEAD", "/api/nothing")[0] == 404


@pytest.mark.parametrize("path", ["/api/things", "/api/nothing"])
def test_preflight(gateway: Gateway, path: str) -> None:
    asked = {"Origin": "http://x.test", "Access-Control-Request-Headers": "authorization,x-own"}
    status, headers, body = gateway.handle("OPTIONS", path, asked)
    assert (status, body) == (204, b"")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Allow-Methods"] == "GET,HEAD,PUT,PATCH,POST,DELETE"
    assert headers["Access-Control-Allow-Headers"] == "authorization,x-own"


def test_options_from_no_browser(gateway: Gateway) -> None:
    assert gateway.handle("OPTIONS", "/api/things") == (204, {"Vary": "Origin"}, b"")


def test_ten_megabytes_are_the_limit(gateway: Gateway) -> None:
    status, _, body = gateway.handle("POST", "/api/things", ACCEPT, b"x" * (BODY_MAX + 1))
    assert (status, json.loads(body)["status"]) == (413, 413)
    assert gateway.handle("POST", "/api/things", ACCEPT, b"x" * BODY_MAX)[0] == 200


def test_a_literal_part_goes_first_and_there_is_no_way_back() -> None:
    tree = grow(["/a/{x}", "/a/b", "/a/{x}/c"])
    matches = [find_route(tree, path) for path in ("/a/b", "/a/z", "/a/z/c")]
    assert [match and match.route for match in matches] == ["/a/b", "/a/{x}", "/a/{x}/c"]
    assert find_route(tree, "/a/b/c") is None
    assert find_route(tree, "/a/") is None
