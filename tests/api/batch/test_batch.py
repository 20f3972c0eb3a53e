"""POST /api/batch over HTTP: off, on, its body, its files, its limits, what refusals look like."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Scenario, play

REFUSED = '{"data":{},"message":"Batch requests are not allowed.","status":403}'
UNREADABLE = '"message":"Failed to read the submitted batch data."'
INVALID = '"message":"Invalid batch request data."'
FAILED = '"message":"Batch transaction failed."'
NOTES = "/api/collections/notes/records"
ONE = {"requests": [{"method": "POST", "url": NOTES, "body": {"title": "a"}}]}
OPEN = dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule", "deleteRule"), "")
DEFINITION = {
    "name": "notes",
    "type": "base",
    "fields": [{"name": "title", "type": "text", "max": 5}],
    "indexes": ["CREATE UNIQUE INDEX idx_title ON notes (title)"],
    **OPEN,
}

OFF = [
    Scenario("a guest", "POST", "/api/batch", body=ONE, status=403, has=(REFUSED,)),
    Scenario("a superuser", "POST", "/api/batch", by="root", body=ONE, status=403, has=(REFUSED,)),
    Scenario("nothing", "POST", "/api/batch", status=403, has=(REFUSED,)),
    Scenario("malformed", "POST", "/api/batch", body="{", status=403, has=(REFUSED,)),
    Scenario("GET", "GET", "/api/batch", status=404, has=("File not found.",)),
]


def of(*several: Any) -> dict[str, Any]:
    return {"requests": list(several)}


ON = [
    Scenario("a guest", "POST", "/api/batch", body=ONE, has=('"title":"a"', '"status":200')),
    Scenario("nothing", "POST", "/api/batch", status=400, has=(INVALID, "validation_required")),
    Scenario("malformed", "POST", "/api/batch", body="{", status=400, has=(UNREADABLE,)),
    Scenario("null", "POST", "/api/batch", body=of(None), status=400, has=(UNREADABLE,)),
    Scenario("a list", "POST", "/api/batch", body=[], status=400, has=(UNREADABLE,)),
    Scenario("a number", "POST", "/api/batch", body={"requests": 1}, status=400, has=(UNREADABLE,)),
    Scenario(
        "deep", "POST", "/api/batch", body='{"requests":' + "[" * 300 + "]" * 300 + "}", status=400,
        has=(UNREADABLE,),
    ),
    Scenario("a key twice", "POST", "/api/batch", body='{"requests":[],"requests":[]}', status=400),
    Scenario("a method of another kind", "POST", "/api/batch", body=of({"method": []}), status=400,
             has=(UNREADABLE,)),
    Scenario("fields that make no sense", "POST", "/api/batch?fields=:bad(", body=ONE, status=400),
    Scenario("an object for a method", "POST", "/api/batch", body=of({"method": {"a": 1}}), status=400,
             has=(UNREADABLE,)),
    Scenario(
        "an unknown address", "POST", "/api/batch", body=of({"method": "POST", "url": "/x\r\n"}), status=400,
        has=(FAILED, '"requests":{"0":'),
    ),
    Scenario(
        "half a character", "POST", "/api/batch",
        body='{"requests":[{"method":"POST","url":"\\ud800"}]}', status=400, has=(UNREADABLE,),
    ),
    Scenario(
        "a record's id that is no key", "POST", "/api/batch",
        body=of({"method": "DELETE", "url": f"{NOTES}/{'x' * 1500}"}), status=400, has=('"status":404',),
    ),
    Scenario(
        "one that fails", "POST", "/api/batch",
        body=of(ONE["requests"][0], {"method": "POST", "url": NOTES, "body": {"title": "too long"}}),
        status=400, lacks=('"0":',),
        has=(FAILED, '"1":{"code":"batch_request_failed"', "validation_max_text_constraint"),
    ),
    Scenario(
        "headers of all kinds", "POST", "/api/batch",
        body=of({"method": "POST", "url": NOTES, "headers": {"": "", "\n": "\n", "Host": "x"}, "body": {}}),
    ),
]  # fmt: skip


@pytest.mark.parametrize("scenario", OFF, ids=str)
def test_off(scenario: Scenario, gateway: Gateway, superuser: Superuser) -> None:
    play(gateway, scenario, {"root": superuser.token})


@pytest.fixture
def notes(gateway: Gateway, superuser: Superuser) -> Gateway:
    """A collection that is open to all, and batches on."""
    send(gateway, "POST", "/api/collections", DEFINITION, superuser.token)
    switch(gateway, superuser, enabled=True, timeout=30)
    return gateway


@pytest.mark.parametrize("scenario", ON, ids=str)
def test_on(scenario: Scenario, notes: Gateway) -> None:
    answer = play(notes, scenario)
    made = len(json.loads(send(notes, "GET", NOTES)[1])["items"])
    assert made == (len(answer.json()) if answer.status == 200 else 0)


LIMITS: list[tuple[dict[str, Any], int, int, str]] = [
    ({"maxRequests": 1}, 1, 200, ""),
    ({"maxRequests": 1}, 2, 400, "validation_length_too_long"),
    ({"maxBodySize": 50}, 1, 413, "Request entity too large."),
    ({"maxBodySize": 5000}, 1, 200, ""),
    ({"maxRequests": 200}, 101, 400, "100 items"),
    ({"maxRequests": 200}, 49, 200, ""),
    # A record and its unique value are an item each.
    ({"maxRequests": 200}, 51, 400, "100 items"),
]


@pytest.mark.parametrize(("limits", "count", "status", "told"), LIMITS)
def test_limits(
    notes: Gateway, superuser: Superuser, limits: Mapping[str, int], count: int, status: int, told: str
) -> None:
    switch(notes, superuser, **limits)
    several = [{"method": "POST", "url": NOTES, "body": {"title": str(n)}} for n in range(count)]
    answered, text = send(notes, "POST", "/api/batch", of(*several))
    assert (answered, told in text) == (status, True)


def test_each_request_is_counted_by_the_limits(notes: Gateway, superuser: Superuser) -> None:
    """Several at once are no way around them."""
    rule = {"label": "notes:create", "audience": "", "duration": 5000, "maxRequests": 2}
    limits = {"rateLimits": {"enabled": True, "rules": [rule]}}
    assert send(notes, "PATCH", "/api/settings", limits, superuser.token)[0] == 200
    three = of(*({"method": "PUT", "url": NOTES, "body": {"title": str(n)}} for n in range(3)))
    status, text = send(notes, "POST", "/api/batch", three)
    assert (status, '"2":{' in text, '"status":429' in text) == (400, True, True)
    assert '"0":{' in send(notes, "POST", "/api/batch", of(*three["requests"][:1]))[1]
    assert send(notes, "POST", "/api/batch", three, superuser.token)[0] == 200


def switch(gateway: Gateway, superuser: Superuser, **settings: Any) -> None:
    status, text = send(gateway, "PATCH", "/api/settings", {"batch": settings}, superuser.token)
    assert status == 200, text


def send(gateway: Gateway, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, str]:
    answer = gateway.handle(
        method,
        path,
        {"Content-Type": "application/json", "Authorization": token},
        json.dumps(body).encode() if body is not None else b"",
    )
    return answer[0], answer[2].decode()
