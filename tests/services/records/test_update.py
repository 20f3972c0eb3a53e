"""Changing records: rule, modifiers, races, what a change makes void."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.errors import ApiError, NotFound, TooManyRequests, ValidationFailed
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import ATTEMPTS
from chalicelib.records.update import update_record
from chalicelib.schema.record import Record
from chalicelib.security.passwords import password_matches
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import Update, write_together
from tests.services.records.world import PASSWORD, add, add_user, ask, change_collection, collection

A, B = "a" * 15, "b" * 15


def stored(where: str, record_id: str) -> Record:
    found = find_record(collection(where), record_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({}, {}),
        ({"title": "new"}, {"title": "new"}),
        ({"count+": 2}, {"count": 5}),
        ({"count-": "2"}, {"count": 1}),
        ({"tags+": B}, {"tags": [A, B]}),
        ({"+tags": B}, {"tags": [B, A]}),
        ({"tags-": A}, {"tags": []}),
        ({"author": ""}, {"author": ""}),
        ({"id": A}, {}),
        ({"nothing": 1, "collectionId": "x", "created": "2001-01-01"}, {}),
    ],
)
def test_what_is_submitted_changes_and_nothing_else(
    blog: Engine, body: Mapping[str, Any], changed: Mapping[str, Any]
) -> None:
    add("authors", id=A, name="ann")
    add("tags", id=A, name="a")
    add("tags", id=B, name="b")
    before = add("posts", id=A, title="t", author=A, tags=[A], count=3)
    answer = update_record("posts", A, ask(body=body))
    after = stored("posts", A)
    assert {**after.values, "updated": ""} == {**before.values, **changed, "updated": ""}
    assert {name: answer[name] for name in after.values} == after.values
    assert (after.rowid, after.get("created")) == (before.rowid, before.get("created"))


@pytest.mark.parametrize(
    ("where", "body", "code"),
    [
        ("posts", {"id": B}, {"id": "validation_pk_change"}),
        ("posts", {"title": ""}, {"title": "validation_required"}),
        ("posts", {"author": "missing"}, {"author": "validation_missing_rel_records"}),
        ("posts", {"tags+": "missing"}, {"tags": "validation_missing_rel_records"}),
        ("tags", {"name": "b"}, {"name": "validation_not_unique"}),
    ],
)
def test_what_is_wrong_changes_nothing(
    blog: Engine, where: str, body: Mapping[str, Any], code: Mapping[str, str]
) -> None:
    add("tags", id=A, name="a")
    add("tags", id=B, name="b")
    add("posts", id=A, title="t", tags=[A])
    before = stored(where, A)
    with pytest.raises(ValidationFailed) as refused:
        update_record(where, A, ask(body=body))
    assert refused.value.message == "Failed to update record."
    assert {name: problem["code"] for name, problem in refused.value.data.items()} == code
    assert stored(where, A) == before


@pytest.mark.parametrize(
    ("rule", "body", "passes"),
    [
        ("", {"name": "x"}, True),
        ("name = 'old'", {"name": "x"}, True),
        ("name = 'x'", {"name": "x"}, False),
        ("@request.body.name:changed = false", {"name": "x"}, False),
        ("@request.body.name:changed = false", {"name": "old"}, True),
        ("@request.body.name:isset = false", {}, True),
        ("@request.body.name = 'x'", {"name": "x"}, True),
        ("author.name = 'ann'", {}, True),
        ("author.name = 'bob'", {}, False),
        ("nofield = 1", {}, False),
    ],
)
def test_the_update_rule_is_asked_about_what_is_stored(
    blog: Engine, rule: str, body: Mapping[str, Any], passes: bool
) -> None:
    add("authors", id=A, name="ann")
    add("notes", id=A, name="old", author=A)
    change_collection("notes", updateRule=rule)
    if passes:
        assert update_record("notes", A, ask(body=body))
        return
    with pytest.raises(NotFound):
        update_record("notes", A, ask(body={**body, "author": "missing"}))
    assert stored("notes", A).get("author") == A


def test_what_is_not_there_is_not_found(blog: Engine) -> None:
    with pytest.raises(NotFound):
        update_record("posts", A, ask(body={"title": "x"}))


class Meddler:
    """Somebody who changes the record between the read and the write, so many times."""

    def __init__(self, engine: Engine, times: int) -> None:
        self.send, self.left = engine.send, times

    def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "PutItem" and self.left > 0:
            self.left -= 1
            self._count()
        return self.send(operation, arguments)

    def _count(self) -> None:
        left, self.left = self.left, 0
        before = stored("posts", A)
        write_together([Update(before, before.having(count=before.get("count") + 1))])
        self.left = left


@pytest.mark.parametrize("times", [1, 2, 7])
def test_who_loses_reads_again_so_that_every_count_counts(blog: Engine, times: int) -> None:
    add("posts", id=A, title="t")
    blog.send = Meddler(blog, times)
    assert update_record("posts", A, ask(body={"count+": 10}))["count"] == 10 + times
    assert stored("posts", A).get("count") == 10 + times


def test_the_rule_is_asked_again_after_a_lost_race(blog: Engine) -> None:
    add("posts", id=A, title="t")
    change_collection("posts", updateRule="count = 0")
    blog.send = Meddler(blog, 1)
    with pytest.raises(NotFound):
        update_record("posts", A, ask(body={"count+": 10}))
    assert stored("posts", A).get("count") == 1


def test_it_does_not_start_over_for_ever(blog: Engine) -> None:
    pauses: list[float] = []
    add("posts", id=A, title="t")
    blog.pause = pauses.append
    blog.send = Meddler(blog, 1000)
    with pytest.raises(TooManyRequests):
        update_record("posts", A, ask(body={"count+": 10}))
    assert len(pauses) == ATTEMPTS
    assert sum(pauses) < 29
    assert stored("posts", A).get("count") == ATTEMPTS


def attach(user: Record) -> None:
    owner = {"collectionRef": user.collection.id, "recordRef": user.id}
    add("_mfas", **owner, method="otp")
    add("_otps", **owner, password="x")
    add("_externalAuths", **owner, provider="google", providerId=user.id)
    add("_authOrigins", **owner, fingerprint="f")


def left_of(user: Record) -> set[str]:
    names = ("_mfas", "_otps", "_externalAuths", "_authOrigins")
    related = RelatedRecords()
    return {
        name
        for name in names
        for each in related.everything(collection(name))
        if each.get("recordRef") == user.id
    }


@pytest.mark.parametrize(
    ("body", "left", "revokes"),
    [
        ({"name": "new"}, {"_mfas", "_otps", "_externalAuths", "_authOrigins"}, False),
        ({"email": "ann@example.com"}, {"_mfas", "_otps", "_externalAuths", "_authOrigins"}, False),
        ({"email": "new@example.com"}, {"_mfas", "_externalAuths", "_authOrigins"}, True),
        ({"verified": True}, {"_mfas", "_authOrigins"}, True),
        ({"password": "87654321", "passwordConfirm": "87654321"}, {"_externalAuths"}, True),
        ({"password": PASSWORD, "passwordConfirm": PASSWORD}, {"_externalAuths"}, True),
        ({"tokenKey": "t" * 40}, {"_mfas", "_externalAuths", "_authOrigins"}, True),
    ],
)
def test_what_a_change_of_an_auth_record_makes_void(
    blog: Engine, superuser: tuple[Record, str], body: Mapping[str, Any], left: set[str], revokes: bool
) -> None:
    ann, bob = add_user("ann"), add_user("bob")
    attach(ann)
    attach(bob)
    update_record("users", ann.id, ask(superuser[0], body))
    assert left_of(ann) == left
    assert len(left_of(bob)) == 4
    after = stored("users", ann.id)
    assert (after.get("tokenKey") != ann.get("tokenKey")) is revokes
    assert password_matches(body.get("password", PASSWORD), after.get("password"))


def test_a_token_key_that_comes_with_the_password_is_kept(
    blog: Engine, superuser: tuple[Record, str]
) -> None:
    ann = add_user("ann")
    body = {"password": "87654321", "passwordConfirm": "87654321", "tokenKey": "t" * 40}
    update_record("users", ann.id, ask(superuser[0], body))
    assert stored("users", ann.id).get("tokenKey") == "t" * 40


def test_somebody_changes_ones_own_password(blog: Engine) -> None:
    ann = add_user("ann")
    change = {"password": "87654321", "passwordConfirm": "87654321"}
    for old, code in (
        ({}, "validation_required"),
        ({"oldPassword": "no"}, "validation_invalid_old_password"),
    ):
        with pytest.raises(ApiError) as refused:
            update_record("users", ann.id, ask(ann, {**change, **old}))
        assert refused.value.data["oldPassword"]["code"] == code
        assert stored("users", ann.id) == ann
    update_record("users", ann.id, ask(ann, {**change, "oldPassword": PASSWORD}))
    assert password_matches("87654321", stored("users", ann.id).get("password"))


@pytest.mark.parametrize(
    ("rule", "body", "allowed"),
    [
        ("@request.body.tags:isset = false", {"tags+": B}, False),
        ("@request.body.tags:isset = false", {"+tags": B}, False),
        ("@request.body.tags:isset = false", {"tags-": A}, False),
        ("@request.body.tags:isset = false", {"title": "new"}, True),
        ("@request.body.tags:length = 2", {"tags+": B}, True),
        ("@request.body.tags.name ?= 'b'", {"tags+": B}, True),
        ("@request.body.count < 5", {"count": 1, "count+": 7}, False),
        ("@request.body.count = 8", {"count": 1, "count+": 7}, True),
        ("@request.body.count:changed = false", {"count+": 1}, False),
        ("@request.body.count:changed = false", {"count+": 0}, True),
    ],
)
def test_rules_see_the_value_that_a_modifier_makes(
    blog: Engine, rule: str, body: Mapping[str, Any], allowed: bool
) -> None:
    change_collection("posts", updateRule=rule)
    add("tags", id=A, name="a")
    add("tags", id=B, name="b")
    before = add("posts", id=A, title="t", tags=[A], count=3)
    if allowed:
        update_record("posts", A, ask(body=body))
        return
    with pytest.raises(NotFound):
        update_record("posts", A, ask(body=body))
    assert stored("posts", A).values == before.values


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("@request.body.secret = 's'", False),
        ("@request.body.secret:isset = true", False),
        ("@request.body.secret:isset = false", True),
    ],
)
def test_rules_see_no_hidden_field_that_is_not_set(blog: Engine, rule: str, allowed: bool) -> None:
    change_collection("authors", updateRule=rule)
    add("authors", id=A, name="ann")
    if allowed:
        update_record("authors", A, ask(body={"name": "new", "secret": "s"}))
        assert stored("authors", A).get("secret") == ""
        return
    with pytest.raises(NotFound):
        update_record("authors", A, ask(body={"name": "new", "secret": "s"}))
