"""Who may set what of an auth record. Expectations were taken from PocketBase 0.40.6."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.collections.load import get_collection
from chalicelib.records.auth_values import check_auth_values, with_auth_values
from chalicelib.records.related import RelatedRecords
from chalicelib.records.values import read_values
from chalicelib.request import RequestInfo
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.problems import Problem
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from tests.people import add_person, set_auth_options

REQUIRED, MISMATCH, WRONG = (
    "validation_required",
    "validation_values_mismatch",
    "validation_invalid_old_password",
)
NEW = {"password": "abcdefgh", "passwordConfirm": "abcdefgh"}
OLD = {"oldPassword": "12345678"}

CREATED: list[tuple[dict[str, Any], dict[str, str]]] = [
    (NEW, {}),
    ({}, {"password": REQUIRED, "passwordConfirm": REQUIRED}),
    ({"password": "", "passwordConfirm": ""}, {"password": REQUIRED, "passwordConfirm": REQUIRED}),
    ({"password": None, "passwordConfirm": None}, {"password": REQUIRED, "passwordConfirm": REQUIRED}),
    (
        {"password": ["abcdefgh"], "passwordConfirm": ["abcdefgh"]},
        {"password": REQUIRED, "passwordConfirm": REQUIRED},
    ),
    ({"password": "abcdefgh"}, {"passwordConfirm": REQUIRED}),
    ({"passwordConfirm": "abcdefgh"}, {"password": REQUIRED, "passwordConfirm": MISMATCH}),
    ({"password": "abcdefgh", "passwordConfirm": "x"}, {"passwordConfirm": MISMATCH}),
    ({"password": " abcdefgh", "passwordConfirm": "abcdefgh"}, {"passwordConfirm": MISMATCH}),
    ({"password": 12345678, "passwordConfirm": "12345678"}, {}),
    ({"password": "s", "passwordConfirm": "s"}, {}),
    ({**NEW, "oldPassword": "x"}, {}),
    ({**NEW, "email": "new@example.com"}, {}),
    ({**NEW, "verified": False}, {}),
    ({**NEW, "verified": "x"}, {}),
]

CREATED_VERIFIED = [True, "true", 1, "1"]

# What is submitted, what its owner is told, and what whoever manages the record is told.
CHANGED: list[tuple[dict[str, Any], dict[str, str], dict[str, str]]] = [
    ({}, {}, {}),
    ({"name": "x"}, {}, {}),
    ({"emailVisibility": True}, {}, {}),
    ({"email": "ann@example.com"}, {}, {}),
    ({"email": "new@example.com"}, {"email": MISMATCH}, {}),
    ({"email": "ANN@EXAMPLE.COM"}, {"email": MISMATCH}, {}),
    ({"email": ""}, {"email": MISMATCH}, {}),
    ({"email": None}, {"email": MISMATCH}, {}),
    ({"verified": False}, {}, {}),
    ({"verified": True}, {"verified": MISMATCH}, {}),
    (NEW, {"oldPassword": REQUIRED}, {}),
    ({**NEW, **OLD}, {}, {}),
    ({**NEW, "oldPassword": 12345678}, {}, {}),
    ({**NEW, "oldPassword": "wrong"}, {"oldPassword": WRONG}, {}),
    ({**NEW, "oldPassword": ""}, {"oldPassword": REQUIRED}, {}),
    (
        {"password": "abcdefgh"},
        {"oldPassword": REQUIRED, "passwordConfirm": REQUIRED},
        {"passwordConfirm": REQUIRED},
    ),
    ({"password": "abcdefgh", **OLD}, {"passwordConfirm": REQUIRED}, {"passwordConfirm": REQUIRED}),
    (
        {"passwordConfirm": "abcdefgh"},
        {"oldPassword": REQUIRED, "password": REQUIRED, "passwordConfirm": MISMATCH},
        {"password": REQUIRED, "passwordConfirm": MISMATCH},
    ),
    (
        OLD,
        {"password": REQUIRED, "passwordConfirm": REQUIRED},
        {"password": REQUIRED, "passwordConfirm": REQUIRED},
    ),
    (
        {"oldPassword": "wrong"},
        {"password": REQUIRED, "passwordConfirm": REQUIRED},
        {"password": REQUIRED, "passwordConfirm": REQUIRED},
    ),
    ({"password": "", "passwordConfirm": ""}, {}, {}),
    (
        {"password": "abcdefgh", "passwordConfirm": "x", "oldPassword": "wrong"},
        {"oldPassword": WRONG, "passwordConfirm": MISMATCH},
        {"passwordConfirm": MISMATCH},
    ),
    (
        {"email": "new@example.com", "verified": True, **NEW},
        {"email": MISMATCH, "oldPassword": REQUIRED, "verified": MISMATCH},
        {},
    ),
]


@pytest.fixture
def ann(defaults: Engine) -> Record:
    return add_person(id="annannannannann", email="ann@example.com")


@pytest.fixture
def root(defaults: Engine) -> Record:
    return add_person("_superusers", id="rootrootrootroo", email="root@example.com", verified=True)


def codes_of(before: Record, body: Mapping[str, Any], auth: Record | None) -> dict[str, str]:
    """The codes of what this request is told when it submits this body."""
    request = RequestInfo(body=body, auth=auth)
    stored = before if before.rev else None
    values = read_values(before.collection, body, stored, superuser=request.is_superuser)
    after = replace(before, values=with_auth_values(before.collection, values, body))
    found = check_auth_values(before if stored else after, after, request, RelatedRecords())
    return {name: problem.code for name, problem in found.items() if isinstance(problem, Problem)}


@pytest.mark.parametrize(("body", "codes"), CREATED)
def test_created(defaults: Engine, body: dict[str, Any], codes: dict[str, str]) -> None:
    assert codes_of(Record(get_collection("users")), body, None) == codes


@pytest.mark.parametrize("verified", CREATED_VERIFIED)
def test_created_as_verified(root: Record, verified: object) -> None:
    draft = Record(get_collection("users"))
    assert codes_of(draft, {**NEW, "verified": verified}, None) == {"verified": MISMATCH}
    assert codes_of(draft, {**NEW, "verified": verified}, root) == {}


@pytest.mark.parametrize(("body", "own", "managing"), CHANGED)
def test_changed_by_its_owner(ann: Record, body: dict[str, Any], own: dict[str, str], managing: Any) -> None:
    assert codes_of(ann, body, ann) == own


@pytest.mark.parametrize(("body", "own", "managing"), CHANGED)
def test_changed_by_a_superuser(
    ann: Record, root: Record, body: dict[str, Any], own: Any, managing: dict[str, str]
) -> None:
    assert codes_of(ann, body, root) == managing


@pytest.mark.parametrize(("body", "own", "managing"), CHANGED)
@pytest.mark.parametrize(
    ("rule", "manages"),
    [("@request.auth.id != ''", True), ("id = 'nobody'", False), ("", False), ("nonsense ((", False)],
)
def test_changed_by_who_may_manage(
    ann: Record, body: dict[str, Any], own: dict[str, str], managing: dict[str, str], rule: str, manages: bool
) -> None:
    set_auth_options("users", manage_rule=rule)
    known = replace(ann, collection=get_collection("users"))
    assert codes_of(known, body, known) == (managing if manages else own)


def test_a_guest_manages_nobody(ann: Record) -> None:
    set_auth_options("users", manage_rule="id != ''")
    known = replace(ann, collection=get_collection("users"))
    assert codes_of(known, {"verified": True}, None) == {"verified": MISMATCH}


def test_records_of_other_collections_have_no_passwords(defaults: Engine) -> None:
    draft = Record(get_collection("_mfas"))
    assert check_auth_values(draft, draft, RequestInfo(body={"password": "x"}), RelatedRecords()) == {}
    assert with_auth_values(draft.collection, {"a": 1}, {"password": "x"}) == {"a": 1}


@pytest.mark.parametrize(
    ("body", "password"),
    [
        ({}, "kept"),
        ({"password": "x"}, "x"),
        ({"password": ""}, ""),
        ({"password": None}, ""),
        ({"password": 5}, "5"),
    ],
)
def test_the_submitted_password_is_a_value(defaults: Engine, body: dict[str, Any], password: str) -> None:
    values = with_auth_values(get_collection("users"), {"password": "kept"}, body)
    assert values["password"] == password
    assert isinstance(values["password"], PlainPassword) is (password not in {"", "kept"})
