"""What works once works once, also when two ask at the same time: one has it, the other is refused.

A second request is carried out, whole, before one of the calls that the first makes to the table: each of
them in turn. The hostile timing is that of a race, without its chance.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.auth.attach import new_attachment
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.records.attached import MFAS, OTPS
from chalicelib.schema.auth_options import Mfa, Otp
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine, get_engine
from chalicelib.storage.transactions import Create, write_together
from dev.gateway import Gateway
from tests.people import HASH, PASSWORD, add_person, set_auth_options
from tests.security.forged import signed

NEW, OTHER = "new-password", "another-password"
EMAIL, OTP, MFA = "ann@example.com", "otpotpotpotp001", "mfamfamfamfa001"
MOST_CALLS = 40


@dataclass(frozen=True)
class Once:
    """A request that may succeed once; `token` names the kind of token that it takes."""

    action: str
    body: Mapping[str, str]
    token: str = ""
    succeeds: int = 200

    def __str__(self) -> str:
        return self.action


ONCE = [
    Once("auth-with-otp", {"otpId": OTP, "password": PASSWORD}),
    Once("auth-with-password", {"identity": EMAIL, "password": PASSWORD, "mfaId": MFA}),
    Once("confirm-password-reset", {"password": NEW, "passwordConfirm": NEW}, "passwordReset", 204),
    Once("confirm-email-change", {"password": PASSWORD}, "emailChange", 204),
]


def add_ann() -> Record:
    """Somebody with a code, whose password is the second of two factors: the first has been given."""
    mfa = Mfa(enabled=True, duration=600, rule="@request.context = 'password'")
    set_auth_options("users", otp=Otp(enabled=True, duration=180, length=8), mfa=mfa)
    ann, catalog = add_person(id="annannannannann", email=EMAIL), get_catalog()
    code = new_attachment(ann, OTPS, catalog, id=OTP, password=HASH)
    first = new_attachment(ann, MFAS, catalog, id=MFA, method="otp")
    write_together([Create(code), Create(first)])
    return ann


@pytest.fixture
def ann(defaults: Engine) -> Record:
    return add_ann()


@contextmanager
def before_call(number: int, work: Callable[[], None]) -> Iterator[list[int]]:
    """Do some work before the call of this number; how many calls there were."""
    engine, calls = get_engine(), [0]
    send = engine.send

    def interrupted(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        calls[0] += 1
        if calls[0] == number:
            engine.send = send
            work()
            engine.send = interrupted
        return send(operation, arguments)

    engine.send = interrupted
    try:
        yield calls
    finally:
        engine.send = send


def ask(gateway: Gateway, once: Once, record: Record) -> int:
    body = {**once.body, **({"token": signed(record, once.token)} if once.token else {})}
    path, headers = f"/api/collections/users/{once.action}", {"Content-Type": "application/json"}
    return gateway.handle("POST", path, headers, json.dumps(body).encode())[0]


@pytest.mark.parametrize("once", ONCE, ids=str)
def test_one_after_the_other(once: Once, gateway: Gateway, ann: Record) -> None:
    assert [ask(gateway, once, ann) for _ in range(3)] == [once.succeeds, 400, 400]


@pytest.mark.parametrize("once", ONCE, ids=str)
def test_two_at_the_same_time(
    once: Once, gateway: Gateway, start_anew: Callable[[], None], ann: Record
) -> None:
    """Whichever call the second comes before, exactly one of the two succeeds."""
    tried = 0
    for number in range(1, MOST_CALLS):
        start_anew()
        person = add_ann()
        get_collection("users")
        other: list[int] = []
        with before_call(number, lambda: other.append(ask(gateway, once, person))) as calls:  # noqa: B023
            first = ask(gateway, once, person)
        if calls[0] < number:
            break
        assert sorted([first, *other]) == sorted([once.succeeds, 400]), f"before call {number}"
        tried += 1
    assert tried > 2
