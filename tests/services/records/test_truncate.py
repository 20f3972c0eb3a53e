"""Deleting all records of a collection."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.config import get_config
from chalicelib.errors import BadRequest
from chalicelib.records import related
from chalicelib.records.delete import delete_record
from chalicelib.records.related import RelatedRecords
from chalicelib.records.truncate import truncate
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.storage import portions
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, add_user, change_collection, collection, relation

FAILED = "Failed to truncate collection (most likely due to required cascade delete record references)."
A, B = "a" * 15, "b" * 15


def count(name: str) -> int:
    return len(list(RelatedRecords().everything(collection(name))))


def test_everything_goes_and_what_refers_to_it_follows_or_forgets(blog: Engine) -> None:
    for each in (A, B):
        add("authors", id=each, name="a")
        add("posts", id=each, title="p", author=each)
        add("comments", post=each, by=A)
    truncate(collection("posts"))
    assert (count("posts"), count("comments"), count("authors")) == (0, 0, 2)
    add("posts", id=A, title="p", author=A)
    truncate(collection("authors"))
    assert (count("authors"), count("posts")) == (0, 1)
    assert next(iter(RelatedRecords().everything(collection("posts")))).get("author") == ""


def test_a_required_reference_stops_it_before_anything_is_written(blog: Engine) -> None:
    add("authors", id=A, name="a")
    add("authors", id=B, name="b")
    add("reviews", author=B)
    with pytest.raises(BadRequest) as refused:
        truncate(collection("authors"))
    assert refused.value.to_json() == {"data": {}, "message": FAILED, "status": 400}
    assert count("authors") == 2


def test_more_than_one_transaction_is_several(blog: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "TRANSACTION_MAX", 6)
    for place in range(8):
        add("tags", name=str(place))
    blog.calls.reset()
    truncate(collection("tags"))
    assert count("tags") == 0
    assert blog.calls.by_operation["TransactWriteItems"] == 3


def test_superusers_cannot_be_truncated(blog: Engine, superuser: tuple[Record, str]) -> None:
    with pytest.raises(BadRequest, match="Failed to truncate collection"):
        truncate(collection("_superusers"))
    assert count("_superusers") == 1


def add_tagged_superuser(email: str) -> None:
    add("_superusers", email=email, password="x", tag=A)


def let_superusers_go_with_tags() -> None:
    own = [field.to_json() for field in collection("_superusers").fields]
    change_collection("_superusers", fields=[*own, relation("tag", "tags_id", cascadeDelete=True)])
    add("tags", id=A, name="a")


def test_the_last_superusers_do_not_go_with_others(blog: Engine) -> None:
    let_superusers_go_with_tags()
    add_tagged_superuser("one@example.com")
    add_tagged_superuser("two@example.com")
    with pytest.raises(BadRequest) as refused:
        truncate(collection("tags"))
    assert refused.value.to_json() == {"data": {}, "message": FAILED, "status": 400}
    assert (count("tags"), count("_superusers")) == (1, 2)


def test_some_of_several_superusers_do(blog: Engine, superuser: tuple[Record, str]) -> None:
    let_superusers_go_with_tags()
    add_tagged_superuser("one@example.com")
    truncate(collection("tags"))
    assert (count("tags"), count("_superusers")) == (0, 1)


def test_the_superuser_who_was_to_stay_goes_meanwhile(blog: Engine, superuser: tuple[Record, str]) -> None:
    """Then nobody would be left: who truncates looks again, and is refused."""
    let_superusers_go_with_tags()
    add_tagged_superuser("one@example.com")
    send, done = blog.send, []

    def meanwhile(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and not done:
            done.append(operation)
            delete_record("_superusers", superuser[0].id, RequestInfo(auth=superuser[0]))
        return send(operation, arguments)

    blog.send = meanwhile
    with pytest.raises(BadRequest, match="Failed to truncate collection"):
        truncate(collection("tags"))
    assert (count("tags"), count("_superusers")) == (1, 1)


def test_users_go_with_what_hangs_on_them(blog: Engine) -> None:
    ann = add_user("ann")
    add("_otps", collectionRef=ann.collection.id, recordRef=ann.id, password="x")
    truncate(collection("users"))
    assert (count("users"), count("_otps")) == (0, 0)


def test_an_empty_collection_is_fine(blog: Engine) -> None:
    truncate(collection("tags"))
    assert not {"PutItem", "DeleteItem", "TransactWriteItems"} & blog.calls.by_operation.keys()


def test_who_writes_meanwhile_is_looked_at_again(blog: Engine) -> None:
    add("tags", name="one")
    send, done = blog.send, []

    def meanwhile(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and not done:
            done.append(operation)
            truncate(collection("tags"))
            add("tags", name="two")
        return send(operation, arguments)

    blog.send = meanwhile
    truncate(collection("tags"))
    assert count("tags") == 0


def test_a_crash_between_two_transactions_leaves_no_reference_to_nothing(
    blog: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments go with their posts and need them: they go first."""
    monkeypatch.setattr(portions, "TRANSACTION_MAX", 6)
    for n in range(4):
        post = add("posts", title=str(n), tags=[])
        for _ in range(3):
            add("comments", post=post.id)
    send = blog.send
    for call in range(100):
        calls = iter(range(1000))

        def dying(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
            if operation in ("TransactWriteItems", "DeleteItem") and next(calls) == call:  # noqa: B023
                raise KeyboardInterrupt
            return send(operation, arguments)

        blog.send = dying
        try:
            truncate(collection("posts"))
        except KeyboardInterrupt:
            left = RelatedRecords()
            there = {post.id for post in left.everything(collection("posts"))}
            assert {str(each.get("post")) for each in left.everything(collection("comments"))} <= there
        else:
            break
        finally:
            blog.send = send
        for post in list(RelatedRecords().everything(collection("posts")))[:1]:
            add("comments", post=post.id)
    assert call > 1
    assert (count("posts"), count("comments")) == (0, 0)


def test_more_than_the_budget_changes_nothing(blog: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        add("tags", name=str(n))
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=3))
    with pytest.raises(BadRequest, match=r"more than 3 records.*Delete the collection and make it again"):
        truncate(collection("tags"))
    monkeypatch.undo()
    assert count("tags") == 4
