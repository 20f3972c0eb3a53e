"""What API Gateway answers by itself, beside what the real PocketBase answers."""

from collections.abc import Callable
from typing import Any

from chalicelib.deploy.gateway_answers import GATEWAY_ANSWERS
from tests.deploy.client import Api

ELSEWHERE = {"Origin": "https://example.com"}


def test_an_unknown_path(api: Api) -> None:
    answer = api.ask("POST", "/api/nope", {}, ELSEWHERE)
    assert (answer.status, answer.body) == (
        404,
        {"data": {}, "message": "The requested resource wasn't found.", "status": 404},
    )
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"].startswith("application/json")


def test_an_unknown_file(api: Api) -> None:
    answer = api.ask("GET", "/nothing/there", None, ELSEWHERE)
    assert (answer.status, answer.body["message"]) == (404, "File not found.")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_an_unknown_method(api: Api) -> None:
    assert api.ask("PUT", "/api/health", {}).status == 404


def test_a_browser_may_ask_from_elsewhere(api: Api) -> None:
    asked = {
        **ELSEWHERE,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = api.ask("OPTIONS", "/api/collections/x/records/y", None, asked)
    assert answer.status in (200, 204)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed


def test_all_gateway_responses_are_deployed(api: Api, aws: Callable[[str], Any]) -> None:
    found = aws("apigateway").get_gateway_responses(restApiId=api.rest_api, limit=500)["items"]
    own = {each["responseType"]: each for each in found if not each["defaultResponse"]}
    assert own.keys() == GATEWAY_ANSWERS.keys()
    assert own["THROTTLED"]["statusCode"] == "429"
