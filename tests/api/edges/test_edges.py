"""What no route expects: PocketBase's status and JSON, and nothing of ours."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.routes.middleware import STANDARD_HEADERS
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, Unavailable
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

WENT_WRONG = "Something went wrong while processing your request."
RECORDS = "/api/collections/users/records"
NO_FILE = '{"data":{},"message":"File not found.","status":404}'
NO_ROUTE = '{"data":{},"message":"The requested resource wasn\'t found.","status":404}'
GENERIC = '{"data":{},"message":"Something went wrong while processing your request.","status":400}'
NO_TYPE = '{"data":{},"message":"Unsupported Content-Type.","status":400}'
JSON = {"Content-Type": "application/json"}

PATHS = [
    Scenario("root", "GET", "/", status=404, has=(NO_FILE,)),
    Scenario("the api's root", "GET", "/api", status=404, has=(NO_FILE,)),
    Scenario("the api's root, slash", "GET", "/api/", status=404, has=(NO_FILE,)),
    Scenario("unknown", "GET", "/api/nope", status=404, has=(NO_FILE,)),
    Scenario("unknown, superuser", "GET", "/api/nope", by="root", status=404, has=(NO_FILE,)),
    Scenario("unknown, HEAD", "HEAD", "/api/nope", status=404),
    Scenario("unknown, POST", "POST", "/api/nope", body={}, status=404, has=(NO_ROUTE,)),
    Scenario("unknown, deep", "GET", "/api/a/b/c/d/e", status=404, has=(NO_FILE,)),
    Scenario("too deep", "GET", f"{RECORDS}/a/b", status=404, has=(NO_FILE,)),
    Scenario("capitals", "GET", "/API/health", status=404, has=(NO_FILE,)),
    Scenario("slash at the end", "GET", f"{RECORDS}/", status=404, has=(NO_FILE,)),
    Scenario("empty name", "GET", "/api/collections//records", status=404, has=(NO_FILE,)),
    Scenario("null byte in a name", "GET", "/api/collections/a%00b/records", status=404),
    Scenario(
        "slash in a name", "GET", "/api/collections/a%2Fb/records", status=404, has=("Missing collection",)
    ),
    Scenario("very long name", "GET", f"/api/collections/{'a' * 3000}/records", status=404),
    Scenario("very long record id", "GET", f"{RECORDS}/{'a' * 3000}", status=404),
    Scenario("odd record id", "GET", f"{RECORDS}/%23%00%F0%9F%98%80%ff", status=404),
]

METHODS = [
    Scenario("PUT", "PUT", RECORDS, body={}, by="root", status=404, has=(NO_ROUTE,)),
    Scenario("DELETE a list", "DELETE", RECORDS, by="root", status=404, has=(NO_ROUTE,)),
    Scenario("PATCH a list", "PATCH", RECORDS, body={}, by="root", status=404, has=(NO_ROUTE,)),
    Scenario("POST one", "POST", f"{RECORDS}/abc", body={}, by="root", status=404, has=(NO_ROUTE,)),
    Scenario("TRACE", "TRACE", RECORDS, status=404, has=(NO_ROUTE,)),
    Scenario("an invented one", "BREW", RECORDS, status=404, has=(NO_ROUTE,)),
    Scenario("HEAD", "HEAD", RECORDS),
]

BODIES = [
    Scenario("malformed", "POST", RECORDS, body="{bad", headers=JSON, status=400, has=(GENERIC,)),
    Scenario("a list", "POST", RECORDS, body="[]", headers=JSON, status=400, has=(GENERIC,)),
    Scenario("NaN", "POST", RECORDS, body='{"a":NaN}', headers=JSON, status=400, has=(GENERIC,)),
    Scenario("a huge number", "POST", RECORDS, body='{"a":1e999}', headers=JSON, status=400, has=(GENERIC,)),
    Scenario(
        "thousands of digits", "POST", RECORDS, body='{"a":' + "9" * 9999 + "}", headers=JSON, status=400
    ),
    Scenario("a key twice", "POST", RECORDS, body='{"a":1,"a":2}', headers=JSON, status=400, has=(GENERIC,)),
    Scenario("deep", "POST", RECORDS, body='{"a":' + "[" * 50_000, headers=JSON, status=400, has=(GENERIC,)),
    Scenario("no UTF-8", "POST", RECORDS, body=b'{"a":"\xff"}', headers=JSON, status=400, has=(GENERIC,)),
    Scenario("half a surrogate pair", "POST", RECORDS, body='{"a":"\\ud800"}', headers=JSON, status=400),
    Scenario(
        "unknown type", "POST", RECORDS, body="x", headers={"Content-Type": "a/b"}, status=400, has=(NO_TYPE,)
    ),
    Scenario("no type", "POST", RECORDS, body="{}", status=400, has=(NO_TYPE,)),
    Scenario(
        "a broken multipart",
        "POST",
        RECORDS,
        body="x",
        headers={"Content-Type": "multipart/form-data"},
        status=400,
    ),
    Scenario(
        "xml", "POST", RECORDS, body="<a/>", headers={"Content-Type": "text/xml"}, status=400, has=(GENERIC,)
    ),
    Scenario(
        "malformed, where nothing is",
        "POST",
        "/api/collections/nope/records",
        body="{",
        headers=JSON,
        status=404,
    ),
    Scenario("malformed with a GET", "GET", RECORDS, body="{bad", headers=JSON, status=400, has=(GENERIC,)),
    Scenario("too large", "POST", RECORDS, body=b"x" * (33 * 1024 * 1024), headers=JSON, status=413),
]

PAGES = [
    Scenario("page a word", "GET", f"{RECORDS}?page=abc", by="root", status=400, has=(GENERIC,)),
    Scenario("page a fraction", "GET", f"{RECORDS}?page=1.5", by="root", status=400, has=(GENERIC,)),
    Scenario(
        "page beyond numbers", "GET", f"{RECORDS}?page={'9' * 40}", by="root", status=400, has=(GENERIC,)
    ),
    Scenario("page negative", "GET", f"{RECORDS}?page=-5", by="root", has=('"page":1',)),
    Scenario(
        "page at the end of numbers",
        "GET",
        f"{RECORDS}?page=9223372036854775807&perPage=1000",
        by="root",
        has=('"items":[]',),
    ),
    Scenario("perPage too large", "GET", f"{RECORDS}?perPage=100000", by="root", has=('"perPage":1000',)),
    Scenario("perPage zero", "GET", f"{RECORDS}?perPage=0", by="root", has=('"perPage":30',)),
    Scenario("skipTotal a word", "GET", f"{RECORDS}?skipTotal=maybe", by="root", status=400, has=(GENERIC,)),
    Scenario(
        "skipTotal", "GET", f"{RECORDS}?skipTotal=1", by="root", has=('"totalItems":-1,"totalPages":-1',)
    ),
]


@pytest.mark.parametrize("scenario", [*PATHS, *METHODS, *BODIES, *PAGES], ids=str)
def test_edges(scenario: Scenario, gateway: Gateway, superuser: Superuser) -> None:
    answer = play(gateway, scenario, {"root": superuser.token})
    assert answer.headers.items() >= (STANDARD_HEADERS | {"Content-Type": "application/json"}).items()


@pytest.mark.parametrize("path", [RECORDS, "/api/nope", "/api/health"])
def test_preflight(gateway: Gateway, path: str) -> None:
    asked = {
        "Origin": "https://example.com",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    status, headers, body = gateway.handle("OPTIONS", path, asked)
    assert (status, body) == (204, b"")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "PATCH" in headers["Access-Control-Allow-Methods"]
    assert headers["Access-Control-Allow-Headers"] == "authorization,content-type"


@pytest.mark.parametrize("path", [RECORDS, "/api/nope", "/api/collections"])
def test_answers_and_errors_may_be_read_from_other_origins(gateway: Gateway, path: str) -> None:
    assert (
        gateway.handle("GET", path, {"Origin": "https://example.com"})[1]["Access-Control-Allow-Origin"]
        == "*"
    )


@pytest.mark.parametrize(
    ("failure", "status", "message"),
    [
        (Unavailable("table quoll-test is gone"), 500, WENT_WRONG),
        (Busy("throttled"), 503, "The service is busy at the moment. Try again."),
        (KeyError("x"), 500, WENT_WRONG),
    ],
)
def test_when_the_database_fails_nothing_leaks(
    gateway: Gateway, defaults: Engine, failure: Exception, status: int, message: str
) -> None:
    def fail(operation: str, arguments: dict[str, object]) -> dict[str, object]:
        raise failure

    defaults.send = fail
    defaults.pause = lambda seconds: None
    answered, headers, body = gateway.handle("GET", RECORDS, {})
    assert (answered, json.loads(body)) == (status, {"data": {}, "message": message, "status": status})
    assert headers["Content-Type"] == "application/json"


@settings(max_examples=60)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PATCH", "DELETE"]),
    path=st.sampled_from(
        [RECORDS, f"{RECORDS}/abc", "/api/collections/users/auth-with-password", "/api/health"]
    ),
    query=st.text(alphabet="pageprPsktol=&%+1@fiedsxn(),.:*-", max_size=40),
    body=st.binary(max_size=30) | st.text(alphabet='{}[]":,0e-1 \\u', max_size=30).map(str.encode),
    content_type=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    ),
)
def test_no_request_is_an_error_of_ours(
    gateway: Gateway, method: str, path: str, query: str, body: bytes, content_type: str
) -> None:
    status, _, raw = gateway.handle(method, f"{path}?{query}", {"Content-Type": content_type}, body)
    assert status < 500, raw
