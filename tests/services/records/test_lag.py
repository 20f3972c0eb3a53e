"""Indexes that are some writes behind: lists are of a moment ago, nothing fails, nothing is lost."""

import pytest

from chalicelib.errors import NotFound
from chalicelib.paging import PageRequest
from chalicelib.records.delete import delete_record
from chalicelib.records.query import list_records, view_record
from chalicelib.records.update import update_record
from chalicelib.storage.engine import Engine
from tests.services.records.world import add, ask
from tests.storage.faults import Lagging

A, B = "a" * 15, "b" * 15


@pytest.fixture
def lagging(blog: Engine) -> Lagging:
    """Two writes behind, until somebody waits."""
    behind = Lagging(blog.send, behind=2)
    blog.send = behind
    blog.pause = lambda seconds: behind.catch_up()
    return behind


def listed(name: str, **wanted: str) -> list[str]:
    return [item["id"] for item in list_records(name, ask(expand="post"), PageRequest(**wanted)).items]


@pytest.mark.parametrize(
    "wanted",
    [{}, {"sort": "-title"}, {"filter": f"author = '{A}'"}, {"filter": f"tags.id ?= '{B}'"}],
    ids=["all", "sorted", "by slot", "by edge"],
)
def test_lists_are_of_a_moment_ago(lagging: Lagging, wanted: dict[str, str]) -> None:
    add("authors", id=A, name="a")
    add("tags", id=B, name="b")
    posts = [add("posts", title="x" * (place * 5000 + 1), author=A, tags=[B]).id for place in range(4)]
    assert sorted(listed("posts", **wanted)) == sorted(posts[:2])
    delete_record("posts", posts[0], ask())
    assert posts[3] not in listed("posts", **wanted)
    lagging.catch_up()
    assert sorted(listed("posts", **wanted)) == sorted(posts[1:])


def test_what_is_read_by_id_never_lags(lagging: Lagging) -> None:
    post = add("posts", title="new")
    assert view_record("posts", post.id, ask())["title"] == "new"
    update_record("posts", post.id, ask(body={"count+": 1}))
    assert view_record("posts", post.id, ask())["count"] == 1
    delete_record("posts", post.id, ask())
    with pytest.raises(NotFound):
        view_record("posts", post.id, ask())


def test_a_large_record_that_is_gone_is_not_listed(lagging: Lagging) -> None:
    large = add("posts", title="x" * 9000)
    lagging.catch_up()
    delete_record("posts", large.id, ask())
    assert listed("posts") == []


def test_references_that_an_index_still_has_are_looked_at_again(lagging: Lagging) -> None:
    """The comment refers to another post by now, or is gone; the index says otherwise, for a while."""
    for each in (A, B):
        add("posts", id=each, title=each)
    moved, gone = add("comments", post=A).id, add("comments", post=A).id
    lagging.catch_up()
    delete_record("comments", gone, ask())
    update_record("comments", moved, ask(body={"post": B}))
    delete_record("posts", A, ask())
    lagging.catch_up()
    assert view_record("comments", moved, ask())["post"] == B
    assert listed("posts") == [B]


def test_a_record_whose_target_is_gone_can_still_be_used(lagging: Lagging) -> None:
    """A comment that no index had yet when its post was deleted stays: it can be seen, changed, deleted."""
    add("posts", id=A, title="p")
    lagging.catch_up()
    comment = add("comments", post=A)
    delete_record("posts", A, ask())
    lagging.catch_up()
    assert update_record("comments", comment.id, ask(body={"body": "still"}))["post"] == A
    assert listed("comments") == [comment.id]
    delete_record("comments", comment.id, ask())
