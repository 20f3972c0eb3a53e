"""From where a request comes (`trustedProxy`), and from where superusers may (`superuserIPs`)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.auth.tokens import FILE, new_auth_token, new_token
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import Engine
from dev.event import HttpRequest
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.logged import kept_lines
from tests.people import PASSWORD, add_person
from tests.scenario import Scenario, play

SIGN_IN = "/api/collections/_superusers/auth-with-password"
NOT_FROM_HERE = '{"data":{},"message":"You are not allowed to perform this request.","status":403}'
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(gateway: Gateway, superuser: Superuser) -> Ask:
    """A request from an address, by the superuser unless told otherwise: status and body."""

    def ask(
        ip: str, target: str = "/api/health", token: str = superuser.token, **more: Any
    ) -> tuple[int, str]:
        headers = {"Authorization": token, **more.get("headers", {})}
        body = json.dumps(more["body"]).encode() if "body" in more else b""
        kind = {"Content-Type": "application/json"} if body else {}
        method = more.get("method", "POST" if body else "GET")
        status, _, raw = gateway.answer(HttpRequest(method, target, {**headers, **kind}, body, ip))
        return status, raw.decode()

    return ask


@pytest.mark.parametrize(
    ("ip", "status"),
    [("10.1.2.3", 200), ("7.7.7.7", 200), ("11.1.2.3", 403), ("2001:db8::9", 200), ("::1", 403)],
)
def test_superusers_come_from_what_is_listed(ask: Ask, ip: str, status: int) -> None:
    change_settings({"superuserIPs": ["10.0.0.0/8", "7.7.7.7", "2001:db8::/32"]})
    assert ask(ip)[0] == status


@pytest.mark.parametrize(
    "target",
    [
        "/api/health",
        "/api/settings",
        "/api/collections",
        "/api/collections/users/records",
        "/api/collections/nope/records",
        "/api/collections/users/auth-methods",
        "/api/files/users/x/y.txt",
        "/api/crons",
    ],
)
def test_elsewhere_they_get_nothing(ask: Ask, target: str) -> None:
    change_settings({"superuserIPs": ["10.0.0.1"]})
    assert ask("10.0.0.2", target) == (403, NOT_FROM_HERE)


def test_nor_do_they_get_in(ask: Ask) -> None:
    add_person("_superusers", id="another00000001", email="another@example.com")
    change_settings({"superuserIPs": ["10.0.0.1"]})

    def sign_in(ip: str, password: str) -> tuple[int, str]:
        return ask(ip, SIGN_IN, "", body={"identity": "another@example.com", "password": password})

    assert sign_in("10.0.0.2", PASSWORD) == (403, NOT_FROM_HERE)
    assert sign_in("10.0.0.2", "wrong")[0] == 400
    assert sign_in("10.0.0.1", PASSWORD)[0] == 200


def test_others_come_from_anywhere(ask: Ask) -> None:
    ann = add_person("users", id="annannannannann", email="ann@example.com")
    change_settings({"superuserIPs": ["10.0.0.1"]})
    assert ask("10.0.0.2", "/api/collections/users/records/annannannannann", new_auth_token(ann))[0] == 200
    assert ask("10.0.0.2", token="nonsense")[0] == 200


def test_who_locks_himself_out_is_out(ask: Ask) -> None:
    body = {"superuserIPs": ["10.0.0.1"]}
    assert ask("10.0.0.2", "/api/settings", method="PATCH", body=body)[0] == 200
    assert ask("10.0.0.2", "/api/settings", method="PATCH", body={"superuserIPs": []})[0] == 403
    assert ask("10.0.0.1", "/api/settings", method="PATCH", body={"superuserIPs": []})[0] == 200
    assert ask("10.0.0.2", "/api/settings")[0] == 200


def test_a_superusers_file_token_is_worth_nothing_elsewhere(
    ask: Ask, gateway: Gateway, superuser: Superuser, bucket: object
) -> None:
    file = {"name": "file", "type": "file", "protected": True, "maxSelect": 1}
    definition = {"name": "papers", "type": "base", "fields": [file]}
    tokens = {"root": superuser.token}
    play(gateway, Scenario("papers", "POST", "/api/collections", definition, by="root"), tokens)
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
    headers = {"Authorization": superuser.token, "Content-Type": "multipart/form-data; boundary=x"}
    made = json.loads(gateway.handle("POST", "/api/collections/papers/records", headers, form)[2])
    change_settings({"superuserIPs": ["10.0.0.1"]})
    target = f"/api/files/papers/{made['id']}/{made['file']}?token={new_token(superuser.record, FILE)}"
    assert ask("10.0.0.1", target, "") == (200, "hello")
    assert ask("10.0.0.2", target, "")[0] == 404
    assert ask("10.0.0.2", target)[0] == 403


def real_ip(answer: tuple[int, str]) -> str:
    return str(json.loads(answer[1])["data"]["realIP"])


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "192.0.2.9"),
        ({"X-Real": "1.2.3.4"}, "1.2.3.4"),
        ({"x-real": "1.2.3.4"}, "1.2.3.4"),
        ({"X_Real": "1.2.3.4"}, "192.0.2.9"),
        ({"X-Real": ["1.1.1.1", "2.2.2.2"]}, "2.2.2.2"),
        ({"X-Forwarded-For": "1.2.3.4"}, "192.0.2.9"),
        ({"X-Real": "nonsense"}, "192.0.2.9"),
    ],
)
def test_a_trusted_header_tells_the_address(ask: Ask, headers: Mapping[str, Any], expected: str) -> None:
    change_settings({"trustedProxy": {"headers": ["X-Real"]}})
    with kept_lines() as lines:
        assert real_ip(ask("192.0.2.9", headers=headers)) == expected
    assert [line["ip"] for line in lines if line["message"] == "request"] == [expected]


def test_no_header_is_trusted_unasked(ask: Ask) -> None:
    headers = {"X-Forwarded-For": "1.2.3.4", "CF-Connecting-IP": "1.2.3.4", "X-Real-IP": "1.2.3.4"}
    assert real_ip(ask("192.0.2.9", headers=headers)) == "192.0.2.9"


def test_the_trusted_address_counts_for_superusers(ask: Ask) -> None:
    change_settings({"trustedProxy": {"headers": ["X-Real"]}, "superuserIPs": ["10.0.0.1"]})
    assert ask("192.0.2.9", headers={"X-Real": "10.0.0.1"})[0] == 200
    assert ask("10.0.0.1", headers={"X-Real": "192.0.2.9"})[0] == 403
    assert ask("192.0.2.9", headers={"X-Real": "10.0.0.1, 192.0.2.9"})[0] == 403


def test_a_superusers_request_costs_no_read_more(ask: Ask, defaults: Engine) -> None:
    change_settings({"trustedProxy": {"headers": ["X-Real"]}, "superuserIPs": ["10.0.0.1"]})
    defaults.calls.reset()
    ask("10.0.0.1")
    reads = {name: count for name, count in defaults.calls.by_operation.items() if "Put" not in name}
    # The record and the version; and whether a backup is being made, which is what this route tells.
    assert reads == {"BatchGetItem": 1, "Query": 1}
