"""What a deleted collection leaves behind is removed, sooner or later, whatever happens on the way."""

from dataclasses import replace

import pytest

from chalicelib import clock
from chalicelib.collections import purge, settling
from chalicelib.collections.create import create_collection
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.import_many import import_collections
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.collections.purge import KIND, describe_work, run_some
from chalicelib.config import get_config
from chalicelib.errors import BadRequest
from chalicelib.storage.counters import correct_total, find_total
from chalicelib.storage.failures import Busy
from chalicelib.storage.tasks import find_tasks
from tests.services.collections.crash import items, survives
from tests.services.collections.stored import store
from tests.storage.faults import Fault, Faulty

POSTS = {
    "name": "posts",
    "fields": [
        {"name": "a", "type": "text"},
        {"name": "tags", "type": "select", "values": ["x", "y"], "maxSelect": 2},
    ],
    "indexes": ["CREATE UNIQUE INDEX i ON posts (a)"],
}
COUNT = 5


@pytest.fixture
def posts(patient, monkeypatch):
    """Five posts with claims and edges, where two are a portion, and a request has time for one."""
    monkeypatch.setattr(purge, "PORTION", 2)
    monkeypatch.setattr(purge, "MAX_AT_ONCE", 1)
    make_posts()
    return patient


def make_posts():
    create_collection(POSTS)
    for n in range(COUNT):
        store("posts", f"record{n:09}", a=f"a{n}", tags=["x", "y"])


def left_of(collection):
    """What the table still holds of it: records, claims, edges, counters."""
    return [(item["pk"], item["sk"]) for item in items() if f"#{collection.space}" in item["pk"]]


def finish():
    for _ in range(100):
        if not find_tasks(KIND):
            return
        run_some(1000)
    raise AssertionError("the work does not end")


def test_few_records_are_gone_with_the_answer(patient):
    make_posts()
    former = get_collection("posts")
    assert len(left_of(former)) == COUNT * 4
    delete_collection("posts")
    assert (left_of(former), find_tasks(KIND)) == ([], [])


def test_many_are_left_to_the_task(posts):
    former = get_collection("posts")
    correct_total(former.space, COUNT)
    assert find_total(former.space) == COUNT
    delete_collection("posts")
    assert get_catalog().find("posts") is None
    assert 0 < len(left_of(former)) < COUNT * 4
    assert describe_work() == ["posts: deleted; its records are being removed"]
    finish()
    assert left_of(former) == []
    assert find_total(former.space) is None
    assert run_some(10) == 0


def test_a_collection_of_the_same_name_is_not_touched(posts):
    former = get_collection("posts")
    delete_collection("posts")
    make_posts()
    assert get_collection("posts").id == former.id
    finish()
    assert left_of(former) == []
    assert len(left_of(get_collection("posts"))) == COUNT * 4


def test_an_import_leaves_as_much(posts):
    gone = [get_collection("posts"), get_collection("users")]
    store("users", "user00000000001", email="a@example.com", tokenKey="x")
    import_collections({"collections": [{"name": "other"}], "deleteMissing": True})
    assert len(describe_work()) == 2
    finish()
    assert [left_of(each) for each in gone] == [[], []]


def test_what_is_refused_leaves_no_work(posts):
    relation = {"name": "post", "type": "relation", "collectionId": get_collection("posts").id}
    create_collection({"name": "comments", "fields": [relation]})
    with pytest.raises(BadRequest):
        delete_collection("posts")
    assert find_tasks(KIND) == []


def test_secrets_are_not_kept_for_it(posts, monkeypatch):
    monkeypatch.setattr(purge, "MAX_AT_ONCE", 0)
    users = get_collection("users")
    delete_collection("users")
    (task,) = find_tasks(KIND)
    assert users.space in str(task)
    assert users.auth.auth_token.secret not in str(task)


def test_records_that_are_stored_by_who_does_not_know_go_too(posts, monkeypatch):
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=1))
    moment = [clock.unix_milliseconds()]
    monkeypatch.setattr(purge.clock, "unix_milliseconds", lambda: moment[0])
    former = get_collection("posts")
    delete_collection("posts")
    run_some(100)
    store(former, "late00000000001", a="late")
    assert (run_some(100), run_some(100)) == (1, 0)
    assert left_of(former) == []
    assert len(find_tasks(KIND)) == 1
    moment[0] += 1000 * (1 + settling.LONGEST_IN_FLIGHT + purge.HEARD_SECONDS)
    assert run_some(100) == 0
    assert find_tasks(KIND) == []


def test_it_is_over_only_when_nothing_was_found(posts, monkeypatch):
    """A list may lag: one record is missing all the time while the others are removed."""
    monkeypatch.setattr(purge, "MAX_AT_ONCE", 0)
    former, send = get_collection("posts"), posts.send

    def lagging(operation, arguments):
        answer = send(operation, arguments)
        if operation == "Query" and arguments.get("IndexName") == "gsi1":
            answer["Items"] = [each for each in answer["Items"] if "record000000000" not in each["pk"]["S"]]
        return answer

    delete_collection("posts")
    posts.send = lagging
    assert run_some(1000) >= COUNT - 1
    posts.send = send
    assert len(left_of(former)) == 4
    finish()
    assert left_of(former) == []


def test_two_runners_do_no_harm(posts):
    former = get_collection("posts")
    delete_collection("posts")
    send, depth = posts.send, []

    def joined(operation, arguments):
        if operation == "TransactWriteItems" and not depth:
            depth.append(1)
            run_some(1)
            depth.pop()
        return send(operation, arguments)

    posts.send = joined
    finish()
    posts.send = send
    assert left_of(former) == []


FAULTS = [
    Fault("TransactWriteItems", Busy("throttled"), times=3),
    Fault("TransactWriteItems", Busy("lost"), done_anyway=True),
    Fault("Query", Busy("throttled"), times=3),
    Fault("DeleteItem", Busy("throttled"), times=3),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.operation} {fault.error}")
def test_throttling(posts, fault):
    former = get_collection("posts")
    delete_collection("posts")
    posts.send = Faulty(posts.send, [replace(fault)])
    finish()
    posts.send = posts.send.send
    assert left_of(former) == []


def test_throttling_without_end_is_no_failure_of_the_request(posts):
    former, send = get_collection("posts"), posts.send

    def busy(operation, arguments):
        if operation == "TransactWriteItems" and "R#" in str(arguments):
            raise Busy("throttled")
        return send(operation, arguments)

    posts.send = busy
    delete_collection("posts")
    posts.send = send
    assert get_catalog().find("posts") is None
    assert len(left_of(former)) == COUNT * 4
    finish()
    assert left_of(former) == []


@pytest.mark.parametrize("done", [False, True])
def test_a_crash_between_any_two_calls(posts, done):
    """It is either not deleted, or all of it goes in the end."""
    for call in range(1000):
        former = get_collection("posts")
        survived = survives(posts, delete_and_finish, call, done=done)
        if get_catalog().find("posts"):
            assert len(left_of(former)) == COUNT * 4
            delete_collection("posts")
        finish()
        assert left_of(former) == []
        if survived:
            break
        make_posts()
    assert call > 10


def delete_and_finish():
    delete_collection("posts")
    finish()
