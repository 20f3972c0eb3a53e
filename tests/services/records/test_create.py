"""Creating records: rule, validation, uniqueness, what is filled in."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.errors import ApiError, BadRequest, ValidationFailed
from chalicelib.records.create import create_record
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_record
from tests.services.records.world import (
    PASSWORD,
    add,
    add_user,
    ask,
    build,
    change_collection,
    collection,
    text,
)

A = "a" * 15
SIGN_UP = {"email": "new@example.com", "password": "12345678", "passwordConfirm": "12345678"}


def codes(error: ApiError) -> dict[str, str]:
    return {name: problem["code"] for name, problem in error.data.items()}


def test_a_record_is_stored_as_it_is_answered(blog: Engine) -> None:
    author = add("authors", name="ann")
    body = {
        "title": "t",
        "author": author.id,
        "count": "5",
        "data": '{"a": 1}',
        "unknown": 1,
        "created": "2001-01-01",
    }
    answer = create_record("posts", ask(body=body))
    assert (
        answer.items()
        >= {"title": "t", "author": author.id, "count": 5, "data": {"a": 1}, "tags": []}.items()
    )
    assert "unknown" not in answer
    assert answer["created"] == answer["updated"] > "2002"
    stored = find_record(collection("posts"), answer["id"])
    assert stored is not None
    assert {name: answer[name] for name in stored.values} == stored.values


@pytest.mark.parametrize(
    ("where", "body", "expected"),
    [
        ("posts", {}, {"title": "validation_required"}),
        (
            "posts",
            {"author": "missing", "tags": [A, "missing"]},
            {
                "author": "validation_missing_rel_records",
                "tags": "validation_missing_rel_records",
                "title": "validation_required",
            },
        ),
        ("tags", {"name": "taken"}, {"name": "validation_not_unique"}),
        ("tags", {"id": A, "name": "free"}, {"id": "validation_not_unique"}),
        ("tags", {"id": "short", "name": "free"}, {"id": "validation_min_text_constraint"}),
        (
            "profiles",
            {"author": A, "kind": "k"},
            {"author": "validation_not_unique", "kind": "validation_not_unique"},
        ),
        ("profiles", {"author": A, "kind": "other"}, {"author": "validation_not_unique"}),
        ("comments", {"body": "b"}, {"post": "validation_required"}),
    ],
)
def test_what_is_wrong_is_said_of_the_field(
    blog: Engine, where: str, body: Mapping[str, Any], expected: Mapping[str, str]
) -> None:
    add("authors", id=A, name="ann")
    add("tags", id=A, name="taken")
    add("profiles", author=A, kind="k")
    with pytest.raises(ValidationFailed) as refused:
        create_record(where, ask(body=body))
    assert refused.value.message == "Failed to create record."
    assert codes(refused.value) == expected


@pytest.mark.parametrize(
    ("rule", "body", "passes"),
    [
        ("", {"name": "x"}, True),
        ("name = 'x'", {"name": "x"}, True),
        ("name = 'y'", {"name": "x"}, False),
        ("@request.body.name:isset = true", {"name": "x"}, True),
        ("@request.body.author:isset = false", {"name": "x"}, True),
        ("@request.body.author:isset = true", {"name": "x"}, False),
        ("author.name = 'ann'", {"author": A}, True),
        ("author.name = 'bob'", {"author": A}, False),
        ("id != ''", {}, True),
        ("id = @request.body.id", {"id": "b" * 15}, True),
        ("id = @request.body.id", {}, False),
        ("@collection.notes.name ?= name", {"name": "there"}, True),
        ("@collection.notes.name ?= name", {"name": "nowhere"}, False),
        ("@request.auth.id != ''", {}, False),
    ],
)
def test_the_create_rule_is_asked_about_what_would_be_stored(
    blog: Engine, rule: str, body: Mapping[str, Any], passes: bool
) -> None:
    add("authors", id=A, name="ann")
    add("notes", name="there")
    change_collection("notes", createRule=rule)
    if passes:
        assert create_record("notes", ask(body=body))["id"]
        return
    with pytest.raises(ApiError) as refused:
        create_record("notes", ask(body=body))
    assert refused.value.to_json() == {"data": {}, "message": "Failed to create record.", "status": 400}


def test_the_rule_comes_before_validation_and_knows_neither_dates_nor_generated_texts(blog: Engine) -> None:
    build(
        {
            "name": "made",
            "createRule": "auto != ''",
            "fields": [text("auto", autogeneratePattern="[a-z]{5}"), text("must", required=True)],
        }
    )
    with pytest.raises(ApiError) as refused:
        create_record("made", ask(body={}))
    assert not isinstance(refused.value, ValidationFailed)
    change_collection("made", createRule="auto = ''")
    assert len(create_record("made", ask(body={"must": "x"}))["auto"]) == 5


def test_no_rule_can_read_a_password_in_the_clear(blog: Engine) -> None:
    change_collection("users", createRule="password = '12345678'")
    with pytest.raises(ApiError, match="Failed to create record"):
        create_record("users", ask(body=SIGN_UP))
    change_collection("users", createRule="password != ''")
    assert create_record("users", ask(body=SIGN_UP))["id"]


def test_hidden_fields_are_dropped_unless_a_superuser_submits_them(
    blog: Engine, superuser: tuple[Record, str]
) -> None:
    body = {"name": "ann", "secret": "s"}
    assert find_author(create_record("authors", ask(body=body))["id"])["secret"] == ""
    assert find_author(create_record("authors", ask(superuser[0], body))["id"])["secret"] == "s"


def find_author(record_id: str) -> Mapping[str, Any]:
    found = find_record(collection("authors"), record_id)
    assert found is not None
    return found.values


def test_expand_is_honoured(blog: Engine) -> None:
    author = add("authors", name="ann")
    answer = create_record("posts", ask(body={"title": "t", "author": author.id}, expand="author"))
    assert answer["expand"]["author"]["name"] == "ann"


def test_signing_up(blog: Engine) -> None:
    answer = create_record("users", ask(body={**SIGN_UP, "name": "n", "tokenKey": "x" * 40}))
    assert "email" not in answer
    stored = find_record(collection("users"), answer["id"])
    assert stored is not None
    assert stored.get("password").startswith("$2a$10$")
    assert len(stored.get("tokenKey")) == 50
    assert stored.get("tokenKey") != "x" * 40
    assert stored.get("verified") is False


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"passwordConfirm": "other"}, {"passwordConfirm": "validation_values_mismatch"}),
        ({"verified": True}, {"verified": "validation_values_mismatch"}),
        (
            {"password": "", "passwordConfirm": ""},
            {"password": "validation_required", "passwordConfirm": "validation_required"},
        ),
        (
            {"email": "bad", "password": "123", "passwordConfirm": "123"},
            {"email": "validation_is_email", "password": "validation_min_text_constraint"},
        ),
        ({"email": "ann@example.com"}, {"email": "validation_not_unique"}),
        ({"id": A}, {"id": "validation_invalid_auth_id"}),
    ],
)
def test_signing_up_wrongly(blog: Engine, changes: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    add_user("ann")
    add("_superusers", id=A, email="root@example.com", password=PASSWORD)
    with pytest.raises(ValidationFailed) as refused:
        create_record("users", ask(body={**SIGN_UP, **changes}))
    assert codes(refused.value) == expected


def test_superusers_are_always_verified(blog: Engine, superuser: tuple[Record, str]) -> None:
    assert create_record("_superusers", ask(superuser[0], {**SIGN_UP, "verified": False}))["verified"] is True


def test_a_field_may_be_called_anything(blog: Engine) -> None:
    names = ["self", "values", "record", "collection", "rev", "rowid", "cls", "class", "name"]
    build({"name": "odd", "createRule": "", "fields": [text(name) for name in names]})
    answer = create_record("odd", ask(body={name: name for name in names}))
    assert {name: answer[name] for name in names} == {name: name for name in names}


def test_impossible_fields_are_refused_before_anything_is_written(blog: Engine) -> None:
    with pytest.raises(BadRequest):
        create_record("posts", ask(body={"id": A, "title": "x"}, fields="a:nope"))
    assert find_record(collection("posts"), A) is None
    create_record("posts", ask(body={"id": A, "title": "x"}, fields="title"))
    assert find_record(collection("posts"), A) is not None
