"""Deleting records: rule, cascades, references, the last superuser."""

import random
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.config import get_config
from chalicelib.errors import ApiError, BadRequest, NotFound
from chalicelib.records import related, removal_task
from chalicelib.records.delete import delete_record
from chalicelib.records.removal_task import KIND
from chalicelib.schema.record import Record
from chalicelib.storage.due_tasks import find_all_tasks
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_by_unique, find_record, read_pages
from chalicelib.storage.transactions import Update, write_together
from tests.services.records.world import (
    add,
    add_user,
    ask,
    build,
    change_collection,
    collection,
    relation,
    several,
    text,
    unique,
)

A, B, C = "a" * 15, "b" * 15, "c" * 15
REQUIRED = "Failed to delete record. Make sure that the record is not part of a required relation reference."


def values(where: str, record_id: str) -> dict[str, Any] | None:
    found = find_record(collection(where), record_id)
    return dict(found.values) if found else None


def everything(where: str) -> list[Record]:
    return [record for page in read_pages(collection(where)) for record in page]


def forbid_reviews() -> None:
    """Nothing requires an author any more."""
    change_collection("reviews", fields=[])
    change_collection("profiles", fields=[], indexes=[])


def test_it_is_gone_with_its_unique_values(blog: Engine) -> None:
    tag = add("tags", name="t")
    delete_record("tags", tag.id, ask())
    assert values("tags", tag.id) is None
    assert find_by_unique(collection("tags"), collection("tags").unique_indexes[0], ["t"]) is None
    with pytest.raises(NotFound):
        delete_record("tags", tag.id, ask())


@pytest.mark.parametrize(
    ("rule", "passes"),
    [("", True), ("name = 'n'", True), ("name = 'x'", False), ("author.name = 'ann'", True), ("(", False)],
)
def test_the_delete_rule(blog: Engine, rule: str, passes: bool) -> None:
    add("authors", id=A, name="ann")
    add("notes", id=A, name="n", author=A)
    change_collection("notes", deleteRule=rule)
    if passes:
        delete_record("notes", A, ask())
    else:
        with pytest.raises(NotFound):
            delete_record("notes", A, ask())
    assert (values("notes", A) is None) is passes


def test_what_refers_to_it_goes_with_it_or_forgets_it(blog: Engine) -> None:
    add("authors", id=A, name="ann")
    add("authors", id=B, name="bob")
    post = add("posts", id=A, title="p", author=A)
    add("comments", id=A, post=A, by=B)
    add("comments", id=B, post=A, by=A)
    delete_record("authors", A, ask())
    after = values("posts", A)
    assert after is not None
    assert (after["author"], after["title"]) == ("", "p")
    assert after["updated"] >= post.get("updated")
    assert values("comments", B) == {"id": B, "body": "", "post": A, "by": ""}
    delete_record("posts", A, ask())
    assert values("comments", A) is values("comments", B) is None
    assert values("authors", B)


def test_a_required_reference_stops_it(blog: Engine) -> None:
    add("authors", id=A, name="ann")
    add("posts", id=A, title="p", author=A)
    add("reviews", id=A, author=A)
    with pytest.raises(BadRequest) as refused:
        delete_record("authors", A, ask())
    assert refused.value.to_json() == {"data": {}, "message": REQUIRED, "status": 400}
    assert values("authors", A)
    assert values("posts", A)["author"] == A  # type: ignore[index]


def test_a_required_reference_further_down_stops_it_all(blog: Engine) -> None:
    build({"name": "likes", "fields": [relation("comment", "comments_id", required=True)]})
    add("posts", id=A, title="p")
    add("comments", id=A, post=A)
    add("likes", id=A, comment=A)
    with pytest.raises(BadRequest, match="required relation reference"):
        delete_record("posts", A, ask())
    assert values("posts", A)
    assert values("comments", A)


@pytest.mark.parametrize(
    ("options", "held", "deleted", "left"),
    [
        ({}, [A, B], A, [B]),
        ({}, [A], A, []),
        ({"required": True}, [A, B], A, [B]),
        ({"required": True}, [A], A, "refused"),
        ({"cascadeDelete": True}, [A, B], A, [B]),
        ({"cascadeDelete": True}, [A], A, "deleted"),
        ({"cascadeDelete": True, "required": True}, [A], A, "deleted"),
        ({"minSelect": 2}, [A, B], A, [B]),
    ],
)
def test_relations_to_many(
    blog: Engine, options: dict[str, Any], held: list[str], deleted: str, left: Any
) -> None:
    build({"name": "holders", "fields": [several("all", "authors_id", **options)]})
    add("authors", id=A, name="a")
    add("authors", id=B, name="b")
    add("holders", id=A, all=held)
    if left == "refused":
        with pytest.raises(BadRequest):
            delete_record("authors", deleted, ask())
        left = held
    else:
        delete_record("authors", deleted, ask())
    found = values("holders", A)
    assert (found["all"] if found else "deleted") == left


def test_circles_end(blog: Engine) -> None:
    build({"name": "ring", "deleteRule": "", "fields": [text("name")]})
    own = [field.to_json() for field in collection("ring").fields]
    change_collection(
        "ring", fields=[*own, relation("next", "ring_id", cascadeDelete=True), several("seen", "ring_id")]
    )
    for one, after in ((A, B), (B, C), (C, A)):
        add("ring", id=one, next=after, seen=[A, B, C])
    add("ring", id="d" * 15, seen=[A, "d" * 15])
    delete_record("ring", B, ask())
    assert [values("ring", each) for each in (A, B, C)] == [None] * 3
    assert values("ring", "d" * 15)["seen"] == ["d" * 15]  # type: ignore[index]


def test_a_cascade_saves_from_a_requirement_that_comes_later(blog: Engine) -> None:
    fields = [
        relation("first", "authors_id", cascadeDelete=True),
        relation("second", "authors_id", required=True),
    ]
    build({"name": "pairs", "fields": fields})
    add("authors", id=A, name="a")
    add("pairs", id=A, first=A, second=A)
    delete_record("authors", A, ask())
    assert values("pairs", A) is None


def test_values_that_would_no_longer_be_unique_stop_it(blog: Engine) -> None:
    build(
        {
            "name": "slots",
            "fields": [relation("who", "authors_id"), text("t")],
            "indexes": [unique("one", "slots", "who, t")],
        }
    )
    for each in (A, B):
        add("authors", id=each, name=each)
        add("slots", id=each, who=each, t="x")
    delete_record("authors", A, ask())
    with pytest.raises(BadRequest) as refused:
        delete_record("authors", B, ask())
    assert refused.value.message == REQUIRED
    assert {name: problem["code"] for name, problem in refused.value.data.items()} == {
        "who": "validation_not_unique",
        "t": "validation_not_unique",
    }
    assert values("slots", B)["who"] == B  # type: ignore[index]


def test_what_just_fits_is_one_transaction(blog: Engine) -> None:
    add("posts", id=A, title="p")
    for _ in range(99):
        add("comments", post=A)
    blog.calls.reset()
    delete_record("posts", A, ask())
    assert everything("comments") == []
    assert blog.calls.by_operation["TransactWriteItems"] == 1
    assert find_all_tasks(KIND, 9) == []


def test_more_than_a_transaction_holds_follows_before_the_answer(
    blog: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal_task, "AT_ONCE_MILLISECONDS", 60_000)
    add("posts", id=A, title="p")
    add("posts", id=B, title="q")
    for place in range(101):
        add("comments", post=A if place else B)
    delete_record("posts", A, ask())
    assert values("posts", A) is None
    assert [each.get("post") for each in everything("comments")] == [B]
    assert len(find_all_tasks(KIND, 9)) == 1


def test_more_bytes_than_a_transaction_holds_follow_before_the_answer(blog: Engine) -> None:
    forbid_reviews()
    add("authors", id=A, name="a")
    noise = random.Random(1).randbytes(150_000).hex()
    for _ in range(28):
        add("posts", title=noise, author=A)
    delete_record("authors", A, ask())
    assert values("authors", A) is None
    assert {each.get("author") for each in everything("posts")} == {""}


def test_too_many_that_are_required_further_down_change_nothing(blog: Engine) -> None:
    build({"name": "likes", "fields": [relation("comment", "comments_id", required=True)]})
    add("posts", id=A, title="p")
    comments = [add("comments", post=A) for _ in range(101)]
    add("likes", comment=comments[-1].id)
    blog.calls.reset()
    with pytest.raises(BadRequest, match="required relation reference"):
        delete_record("posts", A, ask())
    assert values("posts", A)
    assert len(everything("comments")) == 101
    assert blog.calls.write_units == 0


def test_too_many_of_which_one_would_not_be_unique_change_nothing(blog: Engine) -> None:
    fields = [relation("who", "authors_id"), text("t")]
    build({"name": "slots", "fields": fields, "indexes": [unique("one", "slots", "who, t")]})
    add("authors", id=A, name="a")
    for place in range(60):  # with two unique values each
        add("slots", who=A, t=str(place))
    add("slots", who="", t="59")
    with pytest.raises(BadRequest) as refused:
        delete_record("authors", A, ask())
    assert {problem["code"] for problem in refused.value.data.values()} == {"validation_not_unique"}
    assert values("authors", A)
    assert [each.get("who") for each in everything("slots")] == [A] * 60 + [""]


def test_when_nobody_can_tell_whether_it_is_required_it_stays(
    blog: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=50))
    add("authors", id=A, name="a")
    for _ in range(51):
        add("notes", author=A)
    with pytest.raises(BadRequest, match="Delete some of those that refer to it first"):
        delete_record("authors", A, ask())
    assert values("authors", A)
    assert {each.get("author") for each in everything("notes")} == {A}


def test_when_nothing_can_refuse_it_many_need_not_be_looked_at(
    blog: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=150))
    monkeypatch.setattr(removal_task, "MAX_AT_ONCE", 0)
    add("posts", id=A, title="p")
    for _ in range(160):
        add("comments", post=A)
    delete_record("posts", A, ask())
    assert values("posts", A) is None
    assert len(everything("comments")) == 160


def test_superusers_do_not_go_with_many_others(blog: Engine, superuser: tuple[Record, str]) -> None:
    own = [field.to_json() for field in collection("_superusers").fields]
    change_collection("_superusers", fields=[*own, relation("tag", "tags_id", cascadeDelete=True)])
    build({"name": "tagged", "fields": [relation("tag", "tags_id", cascadeDelete=True)]})
    add("tags", id=A, name="t")
    add("_superusers", email="other@example.com", password="x", tag=A)
    for _ in range(100):
        add("tagged", tag=A)
    with pytest.raises(BadRequest, match="one transaction holds 100 items"):
        delete_record("tags", A, ask())
    assert values("tags", A)
    assert len(everything("tagged")) == 100


def test_the_last_superusers_do_not_go_with_another_record(
    blog: Engine, superuser: tuple[Record, str]
) -> None:
    own = [field.to_json() for field in collection("_superusers").fields]
    change_collection("_superusers", fields=[*own, relation("tag", "tags_id", cascadeDelete=True)])
    add("tags", id=A, name="t")
    delete_record("_superusers", superuser[0].id, ask(add("_superusers", email="o@example.com", tag=A)))
    with pytest.raises(BadRequest, match="only existing superuser"):
        delete_record("tags", A, ask())
    assert values("tags", A)


def test_what_hangs_on_a_user_goes_with_it(blog: Engine) -> None:
    ann, bob = add_user("ann"), add_user("bob")
    for user in (ann, bob):
        owner = {"collectionRef": user.collection.id, "recordRef": user.id}
        add("_mfas", id=user.id, **owner, method="otp")
        add("_otps", id=user.id, **owner, password="x")
        add("_externalAuths", id=user.id, **owner, provider="google", providerId=user.id)
        add("_authOrigins", id=user.id, **owner, fingerprint="f")
    delete_record("users", ann.id, ask(ann))
    for name in ("users", "_mfas", "_otps", "_externalAuths", "_authOrigins"):
        assert values(name, ann.id) is None
        assert values(name, bob.id)


def test_the_last_superuser_stays(blog: Engine, superuser: tuple[Record, str]) -> None:
    root = superuser[0]
    other = add("_superusers", email="other@example.com", password="x")
    delete_record("_superusers", other.id, ask(root))
    with pytest.raises(ApiError) as refused:
        delete_record("_superusers", root.id, ask(root))
    assert refused.value.to_json() == {
        "data": {},
        "message": "You can't delete the only existing superuser.",
        "status": 400,
    }
    assert values("_superusers", root.id)


@pytest.mark.parametrize(("options", "stays"), [({}, False), ({"cascadeDelete": True}, True)])
def test_superusers_who_refer_to_each_other(
    blog: Engine, superuser: tuple[Record, str], options: dict[str, Any], stays: bool
) -> None:
    own = [field.to_json() for field in collection("_superusers").fields]
    change_collection("_superusers", fields=[*own, relation("boss", "pbc_3142635823", **options)])
    root = superuser[0]
    other = add("_superusers", id=A, email="other@example.com", password="x")
    add("_superusers", id=B, email="third@example.com", password="x", boss=A)
    delete_record("_superusers", root.id, ask(other))
    if stays:
        with pytest.raises(BadRequest, match="only existing superuser"):
            delete_record("_superusers", A, ask(other))
        assert values("_superusers", A)
        return
    delete_record("_superusers", A, ask(other))
    assert values("_superusers", A) is None
    assert values("_superusers", B)["boss"] == ""  # type: ignore[index]


def test_two_superusers_who_delete_each_other_do_not_both_succeed(
    blog: Engine, superuser: tuple[Record, str]
) -> None:
    root = superuser[0]
    other = add("_superusers", email="other@example.com", password="x")
    send, mine = blog.send, []

    def meanwhile(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and not mine:
            mine.append(operation)
            delete_record("_superusers", root.id, ask(other))
        return send(operation, arguments)

    blog.send = meanwhile
    with pytest.raises(BadRequest, match="only existing superuser"):
        delete_record("_superusers", other.id, ask(root))
    assert values("_superusers", other.id)
    assert values("_superusers", root.id) is None


def test_a_reference_that_changes_meanwhile_is_looked_at_again(blog: Engine) -> None:
    add("authors", id=A, name="a")
    add("authors", id=B, name="b")
    post = add("posts", id=A, title="p", author=A)
    send, done = blog.send, []

    def meanwhile(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and not done:
            done.append(operation)
            write_together([Update(post, post.having(author=B, title="changed"))])
        return send(operation, arguments)

    blog.send = meanwhile
    delete_record("authors", A, ask())
    after = values("posts", A)
    assert after is not None
    assert (after["author"], after["title"]) == (B, "changed")
    assert values("authors", A) is None
