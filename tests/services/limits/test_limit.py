"""Limits: what is counted, what that costs, and what happens when it cannot be."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.collections import load
from chalicelib.errors import Overloaded, TooManyRequests
from chalicelib.limits.limit import BATCH, limit_request
from chalicelib.request import RequestInfo
from chalicelib.settings.load import get_settings
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import ATTEMPTS, Engine
from chalicelib.storage.failures import Busy
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.people import add_person
from tests.storage.faults import Fault, Faulty

RECORDS = "/api/collections/{collection}/records"
USERS = {"collection": "users"}


@pytest.fixture
def limit(defaults: Engine) -> Callable[..., None]:
    """Save rules as (label, requests), and other parts of the group."""

    def save(*rules: tuple[str, int], **more: Any) -> None:
        given = [{"label": label, "maxRequests": most, "duration": 80_000} for label, most in rules]
        change_settings({"rateLimits": {"enabled": True, "rules": given, **more}})
        get_settings()
        defaults.calls.reset()

    return save


def ask(method: str = "GET", parameters: Mapping[str, str] = USERS, **more: Any) -> bool:
    """Whether a request for records is let through."""
    try:
        limit_request(RequestInfo(method=method, ip="192.0.2.7", **more), RECORDS, parameters)
    except TooManyRequests as error:
        assert error.to_json() == {"data": {}, "message": "Too Many Requests.", "status": 429}
        return False
    return True


def test_one_too_many(limit: Callable[..., None], defaults: Engine) -> None:
    limit(("*:list", 2))
    assert [ask() for _ in range(4)] == [True, True, False, False]
    assert defaults.calls.by_operation == {"UpdateItem": 4}


def test_functions_count_together(limit: Callable[..., None], defaults: Engine) -> None:
    """What another function remembers of the collections and the settings is its own; the count is not."""
    limit(("*:list", 2))
    answers = []
    for _ in range(3):
        answers.append(ask())
        load.forget()
        get_settings()
    assert answers == [True, True, False]


def test_what_nobody_limits_costs_nothing(limit: Callable[..., None], defaults: Engine) -> None:
    limit(("*:create", 1), enabled=False)
    assert ask("POST") and ask("POST")
    limit(("*:create", 1))
    assert ask("GET") and ask("GET")
    assert defaults.calls.total == 0


def test_superusers_pass(limit: Callable[..., None], defaults: Engine, superuser: Superuser) -> None:
    limit(("*:list", 1))
    assert all(ask(auth=superuser.record) for _ in range(3))
    assert defaults.calls.total == 0


def test_addresses_that_are_excluded_pass(limit: Callable[..., None], defaults: Engine) -> None:
    limit(("*:list", 1), excludedIPs=["192.0.2.0/24"])
    assert all(ask() for _ in range(3))
    assert defaults.calls.total == 0


def test_each_address_has_its_own_count(limit: Callable[..., None]) -> None:
    limit(("*:list", 1))
    for ip in ("192.0.2.1", "192.0.2.2", "2001:0db8:0000:0000:0000:0000:0000:0001"):
        request = RequestInfo(ip=ip)
        limit_request(request, RECORDS, USERS)
        with pytest.raises(TooManyRequests):
            limit_request(request, RECORDS, USERS)


def test_signed_in_or_not_counts_together(limit: Callable[..., None]) -> None:
    limit(("*:list", 1))
    assert [ask(auth=add_person(email="a@example.com")), ask()] == [True, False]


def test_actions_and_collections_are_counted_apart(limit: Callable[..., None]) -> None:
    limit(("/api/", 1))
    wanted = [
        ("GET", "users"),
        ("POST", "users"),
        ("GET", "_superusers"),
        ("HEAD", "users"),
        ("GET", "users"),
    ]
    assert [ask(method, {"collection": name}) for method, name in wanted] == [True, True, True, False, False]


def test_an_unknown_collection_is_not_counted(limit: Callable[..., None], defaults: Engine) -> None:
    limit(("/api/", 1))
    assert all(ask(parameters={"collection": "nope"}) for _ in range(3))
    assert defaults.calls.total == 0


def test_a_batch_is_counted_apart(limit: Callable[..., None]) -> None:
    limit(("*:create", 1))
    contexts = (BATCH, "default", BATCH, "default")
    assert [ask("POST", context=context) for context in contexts] == [True, True, False, False]


def test_a_rule_that_is_changed_begins_anew(limit: Callable[..., None]) -> None:
    limit(("*:list", 1))
    assert [ask(), ask()] == [True, False]
    limit(("*:list", 2))
    assert [ask(), ask(), ask()] == [True, True, False]


def test_what_cannot_be_counted_does_not_pass(limit: Callable[..., None], defaults: Engine) -> None:
    """Who floods throttles the counter of his own address: he must not be let through for it."""
    limit(("*:list", 100))
    defaults.pause = lambda _: None
    defaults.send = Faulty(defaults.send, [Fault("UpdateItem", Busy("throttled"), times=ATTEMPTS)])
    with pytest.raises(Overloaded):
        ask()
    assert ask()


def test_over_http(limit: Callable[..., None], gateway: Gateway) -> None:
    """The last is told before the password is looked at, which costs a processor's time."""
    limit(("*:auth", 1))
    path, body = "/api/collections/users/auth-with-password", b'{"identity":"a@example.com","password":"x"}'
    headers = {"Content-Type": "application/json"}
    answers = [gateway.handle("POST", path, headers, body) for _ in range(2)]
    assert [status for status, _, _ in answers] == [400, 429]
    assert answers[1][2] == b'{"data":{},"message":"Too Many Requests.","status":429}'


def test_files_are_limited_by_who_signs_in(
    limit: Callable[..., None], gateway: Gateway, superuser: Superuser
) -> None:
    """Not by the file token, which anybody may have been given with an address."""
    limit(("*:file", 1))
    path, root = "/api/files/users/abc/a.txt", {"Authorization": superuser.token}
    token = gateway.handle("POST", "/api/files/token", root)[2].decode().split('"')[3]
    assert [gateway.handle("GET", path, root)[0] for _ in range(2)] == [404, 404]
    assert [gateway.handle("GET", f"{path}?token={token}", {})[0] for _ in range(2)] == [404, 429]
