"""Acting as somebody else."""

import time
from typing import Any

import pytest

from chalicelib.auth.identify import identify
from chalicelib.auth.impersonate import LONGEST, impersonate, read_duration
from chalicelib.errors import BadRequest, NotFound, ValidationFailed
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import Mfa
from chalicelib.schema.record import Record
from chalicelib.security.jwt import unsafe_read_claims
from chalicelib.storage.engine import Engine
from tests.people import add_person, set_auth_options

JSON = {"content_type": "application/json"}
FORM = {"content_type": "application/x-www-form-urlencoded"}


@pytest.fixture
def root(defaults: Engine) -> Record:
    add_person(id="annannannannann", email="ann@example.com")
    return add_person("_superusers", id="rootrootrootroo", email="root@example.com", verified=True)


def act(root: Record, **body: Any) -> dict[str, Any]:
    return impersonate("users", "annannannannann", RequestInfo("POST", headers=JSON, body=body, auth=root))


@pytest.mark.parametrize(
    ("duration", "seconds"), [(0, 432_000), (600, 600), (None, 432_000), (LONGEST, LONGEST)]
)
def test_a_token_that_cannot_be_renewed(root: Record, duration: Any, seconds: int) -> None:
    answered = act(root, duration=duration)
    claims = unsafe_read_claims(answered["token"])
    assert claims["refreshable"] is False
    assert abs(claims["exp"] - time.time() - seconds) < 5
    bearer = identify(answered["token"])
    assert bearer is not None
    assert bearer.id == answered["record"]["id"] == "annannannannann"


def test_the_record_is_as_it_sees_itself(root: Record) -> None:
    assert act(root)["record"]["email"] == "ann@example.com"


def test_no_rule_and_no_second_factor(root: Record) -> None:
    set_auth_options("users", auth_rule=None, mfa=Mfa(enabled=True, duration=60))
    assert act(root)["token"]


def test_nobody_and_nowhere(root: Record) -> None:
    request = RequestInfo("POST", headers=JSON, auth=root)
    for collection, record_id in (
        ("users", "nobody"),
        ("nope", "annannannannann"),
        ("_mfas", "annannannannann"),
    ):
        with pytest.raises(NotFound):
            impersonate(collection, record_id, request)


READ: list[tuple[Any, dict[str, str], int]] = [
    (600, JSON, 600),
    (600, FORM, 600),
    (["5", "6"], FORM, -1),
    ([5, 6], FORM, 5),
    ("", FORM, 0),
    ("", JSON, -1),
    ("600", JSON, -1),
    ("x", FORM, -1),
    (1.5, JSON, -1),
    (True, JSON, -1),
    ([], JSON, -1),
    (2**63, JSON, -1),
    (-(2**64), JSON, -1),
]


@pytest.mark.parametrize(("given", "headers", "expected"), READ)
def test_durations(given: Any, headers: dict[str, str], expected: int) -> None:
    request = RequestInfo("POST", headers=headers, body={"duration": given})
    if expected >= 0:
        assert read_duration(request) == expected
        return
    with pytest.raises(BadRequest, match=r"An error occurred while loading the submitted data\."):
        read_duration(request)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (-1, "validation_min_greater_equal_than_required"),
        (LONGEST + 1, "validation_max_less_equal_than_required"),
    ],
)
def test_durations_out_of_range(given: int, code: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        read_duration(RequestInfo("POST", headers=JSON, body={"duration": given}))
    assert caught.value.data["duration"]["code"] == code
