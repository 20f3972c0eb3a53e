"""Identities and passwords: who is found, and that nobody can tell who exists."""

from dataclasses import replace
from typing import Any

import bcrypt
import pytest

from chalicelib.auth import with_password
from chalicelib.auth.with_password import (
    check_form,
    find_by_identity,
    has_password,
    sign_in_with_password,
)
from chalicelib.collections.load import get_collection
from chalicelib.errors import ApiError, BadRequest, Forbidden, ValidationFailed
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import Mfa, PasswordAuth
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import FIELD_TYPES
from chalicelib.schema.indexes import parse_index
from chalicelib.schema.record import Record
from chalicelib.security import passwords
from chalicelib.storage.budget import Budget
from chalicelib.storage.engine import Engine
from tests.people import PASSWORD, add_person, set_auth_options

JSON = {"content_type": "application/json"}
compare = bcrypt.checkpw


@pytest.fixture
def ann(defaults: Engine) -> Record:
    return add_person(id="annannannannann", email="ann@example.com")


def attempt(identity: str = "ann@example.com", password: str = PASSWORD, **more: Any) -> dict[str, Any]:
    request = RequestInfo(
        method="POST", headers=JSON, body={"identity": identity, "password": password, **more}
    )
    return sign_in_with_password("users", request)


def test_signed_in(ann: Record) -> None:
    answered = attempt()
    assert answered.keys() == {"record", "token"}
    assert (answered["record"]["id"], answered["record"]["email"]) == (ann.id, "ann@example.com")


REFUSED: list[tuple[dict[str, str], type[ApiError]]] = [
    ({"password": "wrong"}, BadRequest),
    ({"identity": "nobody@example.com"}, BadRequest),
    ({"identity": "ANN@example.com"}, BadRequest),
    ({"identity": "ann@example.com "}, BadRequest),
    ({"identity": "annannannannann"}, BadRequest),
    ({"identity": "' OR 1=1 --"}, BadRequest),
    ({"identity": "ann@example.com", "password": PASSWORD + "x"}, BadRequest),
]


@pytest.mark.parametrize(("form", "error"), REFUSED)
def test_refused_all_alike(ann: Record, form: dict[str, str], error: type[ApiError]) -> None:
    with pytest.raises(error) as caught:
        attempt(**form)
    assert caught.value.to_json() == {"data": {}, "message": "Failed to authenticate.", "status": 400}


class CountedBcrypt:
    """Counts comparisons, and keeps the costs they were made at."""

    def __init__(self) -> None:
        self.costs: list[int] = []

    def checkpw(self, secret: bytes, hashed: bytes) -> bool:
        self.costs.append(int(hashed[4:6]))
        return compare(secret, hashed)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> CountedBcrypt:
    counting = CountedBcrypt()
    monkeypatch.setattr(passwords.bcrypt, "checkpw", counting.checkpw)
    return counting


@pytest.mark.parametrize("identity", ["ann@example.com", "nobody@example.com", "not an e-mail", "x" * 255])
def test_each_attempt_costs_one_comparison(ann: Record, counted: CountedBcrypt, identity: str) -> None:
    with pytest.raises(BadRequest):
        attempt(identity, "wrong")
    assert len(counted.costs) == 1


def test_an_unknown_identity_costs_what_a_usual_hash_costs(ann: Record, counted: CountedBcrypt) -> None:
    with pytest.raises(BadRequest):
        attempt("nobody@example.com")
    assert counted.costs == [passwords.DEFAULT_COST]


def test_a_record_without_a_password_costs_as_much(defaults: Engine, counted: CountedBcrypt) -> None:
    nobody = add_person(id="x" * 15, email="x@example.com", password="")
    assert not has_password(nobody, "", nobody.collection)
    assert counted.costs == [passwords.DEFAULT_COST]


def test_an_unknown_identity_costs_what_the_collections_hashes_cost(
    defaults: Engine, counted: CountedBcrypt
) -> None:
    users = get_collection("users")
    cheap = tuple(replace(each, cost=5) if each.name == "password" else each for each in users.fields)
    assert not has_password(None, PASSWORD, replace(users, fields=cheap))
    assert counted.costs == [5]


@pytest.mark.parametrize("identity", ["ann@example.com", "nobody@example.com"])
def test_known_and_unknown_ask_the_database_as_often_when_the_password_is_wrong(
    ann: Record, defaults: Engine, identity: str
) -> None:
    defaults.calls.reset()
    with pytest.raises(BadRequest):
        attempt(identity, "wrong")
    assert defaults.calls.total <= 3


CHECKED: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"identity": "a", "password": "b"}, {}),
    ({"identity": "a", "password": "b", "identityField": "email"}, {}),
    ({"identity": "x" * 255, "password": "x" * 255}, {}),
    ({}, {"identity": "validation_required", "password": "validation_required"}),
    ({"identity": "x" * 256, "password": "b"}, {"identity": "validation_length_out_of_range"}),
    ({"identity": "é" * 128, "password": "b"}, {"identity": "validation_length_out_of_range"}),
    ({"identity": "a", "password": "x" * 256}, {"password": "validation_length_out_of_range"}),
    ({"identity": "a", "password": "b", "identityField": "id"}, {"identityField": "validation_in_invalid"}),
    (
        {"identity": "a", "password": "b", "identityField": "x" * 256},
        {"identityField": "validation_length_out_of_range"},
    ),
]


@pytest.mark.parametrize(("given", "codes"), CHECKED)
def test_checked(given: dict[str, str], codes: dict[str, str]) -> None:
    form = {"identity": "", "password": "", "identityField": "", **given}
    try:
        check_form(form, ("email",))
    except ValidationFailed as error:
        assert {name: problem["code"] for name, problem in error.data.items()} == codes
    else:
        assert codes == {}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"password_auth": PasswordAuth(enabled=False, identity_fields=("email",))},
            Forbidden,
            "The collection is not configured to allow password authentication.",
        ),
        (
            {"auth_rule": None},
            Forbidden,
            "The request doesn't satisfy the collection requirements to authenticate.",
        ),
        (
            {"auth_rule": "verified = true"},
            Forbidden,
            "The request doesn't satisfy the collection requirements to authenticate.",
        ),
        (
            {"auth_rule": "nonsense ~~ ("},
            Forbidden,
            "The request doesn't satisfy the collection requirements to authenticate.",
        ),
    ],
)
def test_what_a_collection_forbids(
    ann: Record, options: dict[str, Any], error: type[ApiError], message: str
) -> None:
    set_auth_options("users", **options)
    with pytest.raises(error) as caught:
        attempt()
    assert caught.value.message == message


@pytest.mark.parametrize(
    "options",
    [
        {"auth_rule": "verified = false"},
        {"auth_rule": "@request.context = 'password'"},
        {"auth_rule": "@request.body.identity != ''"},
        {"mfa": Mfa(enabled=True, duration=60, rule="verified = true")},
        {"mfa": Mfa(enabled=False, duration=60)},
    ],
)
def test_what_a_collection_allows(ann: Record, options: dict[str, Any]) -> None:
    set_auth_options("users", **options)
    assert attempt()["record"]["id"] == ann.id


def test_a_wrong_password_is_told_before_a_rule(ann: Record) -> None:
    set_auth_options("users", auth_rule=None)
    with pytest.raises(BadRequest):
        attempt(password="wrong")


def with_username(collection: Collection) -> Collection:
    """A collection that also signs in by a name, whatever its case, and by a number."""
    options = collection.auth
    assert options is not None
    return replace(
        collection,
        fields=(
            *collection.fields,
            FIELD_TYPES["text"](id="t1", name="nick"),
            FIELD_TYPES["number"](id="n1", name="num"),
        ),
        columns={**collection.columns, "t1": "zz1", "n1": "zz2"},
        indexes=(
            *collection.indexes,
            parse_index("CREATE UNIQUE INDEX i1 ON users (nick COLLATE NOCASE) WHERE nick != ''"),
            parse_index("CREATE UNIQUE INDEX i2 ON users (num) WHERE num != 0"),
        ),
        auth=replace(
            options, password_auth=PasswordAuth(enabled=True, identity_fields=("nick", "email", "num"))
        ),
    )


IDENTITIES = [
    ("bob@example.com", "", True),
    ("bob@example.com", "email", True),
    ("bob@example.com", "nick", False),
    ("Bob", "", True),
    ("bOB", "", True),
    ("bob", "email", False),
    ("5", "", True),
    ("5.0", "num", True),
    ("6", "", False),
    ("x", "num", False),
    ("", "num", False),
]


def test_who_is_found_by_another_field_needs_no_index_that_is_being_built(
    defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large collection all that there is cannot be read."""
    users = with_username(get_collection("users"))
    monkeypatch.setattr("tests.people.load.get_collection", lambda name: users)
    for number in range(3):
        add_person(id=f"{number}" * 15, email=f"{number}@example.com", nick=f"n{number}", num=number + 1)
    indexes = tuple(replace(index, is_ready="nick" not in index.column_names) for index in users.indexes)
    users = replace(users, indexes=indexes)
    found = find_by_identity("1@example.com", "", users, RelatedRecords(budget=Budget(2)))
    assert found is not None and found.get("email") == "1@example.com"


@pytest.mark.parametrize("identity", ["1@example.com", "nobody@example.com"])
def test_an_index_that_is_being_built_does_not_tell_who_exists(
    defaults: Engine, monkeypatch: pytest.MonkeyPatch, identity: str
) -> None:
    """A wrong password is answered as an unknown identity is, where not all can be read."""
    users = with_username(get_collection("users"))
    indexes = tuple(replace(index, is_ready="nick" not in index.column_names) for index in users.indexes)
    unready = replace(users, indexes=indexes)
    monkeypatch.setattr("tests.people.load.get_collection", lambda name: users)
    for number in range(3):
        add_person(id=f"{number}" * 15, email=f"{number}@example.com", nick=f"n{number}", num=number + 1)
    monkeypatch.setattr(with_password, "get_auth_collection", lambda *wanted: unready)
    monkeypatch.setattr(with_password, "RelatedRecords", lambda catalog: RelatedRecords(catalog, Budget(2)))
    with pytest.raises(BadRequest, match="would examine more than 2 records"):
        attempt(identity, "wrong")


def test_a_field_with_two_unique_indexes_is_looked_for_in_both(
    defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has nothing of whom the first finds."""
    users = with_username(get_collection("users"))
    other = parse_index("CREATE UNIQUE INDEX i3 ON users (nick) WHERE nick != 'Bob'")
    users = replace(users, indexes=(*users.indexes, other))
    monkeypatch.setattr("tests.people.load.get_collection", lambda name: users)
    bob = add_person(id="bobbobbobbobbob", email="bob@example.com", nick="Bob", num=5)
    found = find_by_identity("bob", "nick", users, RelatedRecords())
    assert found is not None and found.id == bob.id


@pytest.mark.parametrize("is_ready", [True, False])
@pytest.mark.parametrize(("identity", "field", "is_found"), IDENTITIES)
def test_identity_fields(
    defaults: Engine,
    monkeypatch: pytest.MonkeyPatch,
    identity: str,
    field: str,
    is_found: bool,
    is_ready: bool,
) -> None:
    """While their indexes are being built all the same is found, by reading."""
    users = with_username(get_collection("users"))
    monkeypatch.setattr("tests.people.load.get_collection", lambda name: users)
    add_person(id="bobbobbobbobbob", email="bob@example.com", nick="Bob", num=5)
    indexes = tuple(replace(index, is_ready=is_ready) for index in users.indexes)
    users = replace(users, indexes=indexes)
    found = find_by_identity(identity, field, users, RelatedRecords())
    assert (found is not None) is is_found


def test_an_email_goes_before_a_name_that_looks_like_one(
    defaults: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = with_username(get_collection("users"))
    monkeypatch.setattr("tests.people.load.get_collection", lambda name: users)
    add_person(id="bobbobbobbobbob", email="bob@example.com", nick="ann@example.com", num=1)
    add_person(id="annannannannann", email="ann@example.com", nick="x", num=2)
    found = find_by_identity("ann@example.com", "", users, RelatedRecords())
    assert found is not None
    assert found.id == "annannannannann"
