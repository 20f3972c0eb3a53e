"""Requests as the application gets them."""

from typing import Any

import pytest
from chalice.app import Request
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import UnreadableBody
from chalicelib.paging import PageRequest
from chalicelib.request import RequestInfo
from chalicelib.routes.read import read_page, read_request

LARGEST = 2**63 - 1
PAGES: list[tuple[dict[str, str], PageRequest]] = [
    ({}, PageRequest()),
    ({"page": ""}, PageRequest()),
    ({"page": "2"}, PageRequest(page=2)),
    ({"page": "+2"}, PageRequest(page=2)),
    ({"page": "010"}, PageRequest(page=10)),
    ({"page": "0"}, PageRequest()),
    ({"page": "-1"}, PageRequest()),
    ({"page": str(LARGEST)}, PageRequest(page=LARGEST)),
    ({"perPage": "5"}, PageRequest(per_page=5)),
    ({"perPage": "0"}, PageRequest()),
    ({"perPage": "-3"}, PageRequest()),
    ({"perPage": "1000"}, PageRequest(per_page=1000)),
    ({"perPage": "5000"}, PageRequest(per_page=1000)),
    ({"skipTotal": "1"}, PageRequest(skip_total=True)),
    ({"skipTotal": "true"}, PageRequest(skip_total=True)),
    ({"skipTotal": "T"}, PageRequest(skip_total=True)),
    ({"skipTotal": "0"}, PageRequest()),
    ({"skipTotal": "false"}, PageRequest()),
    ({"skipTotal": ""}, PageRequest()),
    ({"sort": "-a", "filter": "a = 1"}, PageRequest(sort="-a", filter="a = 1")),
    ({"perpage": "5", "nope": "x"}, PageRequest()),
]

NUMBERS_REFUSED = [
    "abc",
    "2.5",
    "1e2",
    "0x2",
    "1_0",
    " 2",
    "2 ",
    "--1",
    "+",
    "²",
    "٣",
    "9" * 20,
    "-" + "9" * 20,
    "9" * 9999,
]
BOOLS_REFUSED = ["abc", "yes", "on", "2", "tRUE", " true"]


@pytest.mark.parametrize(("query", "expected"), PAGES)
def test_page(query: dict[str, str], expected: PageRequest) -> None:
    assert read_page(RequestInfo(query=query)) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [(name, text) for name in ("page", "perPage") for text in NUMBERS_REFUSED]
    + [("skipTotal", text) for text in BOOLS_REFUSED],
    ids=lambda given: given[:20],
)
def test_page_refused(name: str, text: str) -> None:
    assert not read_page(RequestInfo(query={name: text})).is_readable


@given(
    st.fixed_dictionaries(
        {}, optional={name: st.text(max_size=30) for name in ("page", "perPage", "skipTotal")}
    )
)
def test_any_page_is_read_or_refused(query: dict[str, str]) -> None:
    wanted = read_page(RequestInfo(query=query))
    assert wanted.page >= 1
    assert 1 <= wanted.per_page <= 1000


def make_request(method: str = "GET", **changes: Any) -> Request:
    """A request as Chalice makes it from API Gateway's event."""
    event: dict[str, Any] = {
        "path": "/api/collections/a%20b/records",
        "headers": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"collection": "a%20b"},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": "/api/collections/{collection}/records",
            "identity": {"sourceIp": "192.0.2.1"},
        },
    }
    return Request({**event, **changes})


@pytest.mark.usefixtures("defaults")
def test_an_empty_request() -> None:
    expected = RequestInfo(path="/api/collections/a%20b/records", ip="192.0.2.1")
    request = read_request(make_request())
    assert dict(request.body) == {}
    assert (request.method, request.path, request.query, request.headers, request.auth, request.ip) == (
        expected.method,
        expected.path,
        expected.query,
        expected.headers,
        expected.auth,
        expected.ip,
    )


@pytest.mark.usefixtures("defaults")
def test_the_first_of_repeated_parameters_counts() -> None:
    query = {"filter": ["a", "b"], "sort": [""], "odd": []}
    assert read_request(make_request(multiValueQueryStringParameters=query)).query == {
        "filter": "a",
        "sort": "",
    }


@pytest.mark.usefixtures("defaults")
def test_header_names_as_rules_know_them() -> None:
    headers = {"X-Own-Header": "A", "accept": "x"}
    assert read_request(make_request(headers=headers)).headers == {"x_own_header": "A", "accept": "x"}


@pytest.mark.usefixtures("defaults")
@pytest.mark.parametrize(("body", "is_encoded"), [('{"a":"ü"}', False), ("eyJhIjoiw7wifQ==", True)])
def test_bodies_as_the_gateway_encodes_them(body: str, is_encoded: bool) -> None:
    headers = {"Content-Type": "application/json"}
    request = read_request(make_request("POST", headers=headers, body=body, isBase64Encoded=is_encoded))
    assert request.body == {"a": "ü"}


@pytest.mark.usefixtures("defaults")
def test_a_malformed_body_matters_when_it_is_looked_at() -> None:
    request = read_request(make_request("POST", headers={"Content-Type": "application/json"}, body="{"))
    with pytest.raises(UnreadableBody):
        dict(request.body)


@pytest.mark.usefixtures("defaults")
@pytest.mark.parametrize(
    "header", ["", "nonsense", "Bearer ", "a.b.c", "Basic eHg6eXk=", "Bearer " + "x" * 9000]
)
def test_no_token_no_look_up(header: str) -> None:
    assert read_request(make_request(headers={"Authorization": header})).auth is None
