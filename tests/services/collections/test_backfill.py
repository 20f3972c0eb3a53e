"""Slots and edges added to a collection with records: complete before anybody reads through them."""

from dataclasses import replace

import pytest

from chalicelib import clock
from chalicelib.collections import backfill, load, settling, small
from chalicelib.collections.backfill import find_work, run_some
from chalicelib.collections.create import create_collection, ensure_defaults
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.import_many import import_collections
from chalicelib.collections.load import get_collection
from chalicelib.collections.update import update_collection
from chalicelib.collections.view import view_collection
from chalicelib.config import get_config
from chalicelib.errors import Overloaded
from chalicelib.filters import ByEdge, BySlot
from chalicelib.schema.completion import complete
from chalicelib.storage import collections as definitions
from chalicelib.storage.engine import get_engine
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.records import find_record
from chalicelib.storage.tasks import find_tasks
from chalicelib.storage.transactions import Delete, Update, write_together
from tests.services.collections.crash import survives
from tests.services.collections.stored import store, stored
from tests.storage.indexed import read_by

FIELDS = [
    {"id": "t1", "name": "a", "type": "text"},
    {"id": "s1", "name": "tags", "type": "select", "values": ["x", "y"], "maxSelect": 1},
    {"id": "r1", "name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1},
]
ON_A = "CREATE INDEX on_a ON posts (a)"
ON_TAGS = "CREATE INDEX on_tags ON posts (tags)"
MANY_TAGS = [FIELDS[0], {**FIELDS[1], "maxSelect": 2}, FIELDS[2]]
COUNT = 5


@pytest.fixture
def posts(patient):
    """Five posts, in a collection without indexes."""
    create_collection({"name": "posts", "fields": FIELDS})
    for n in range(COUNT):
        store("posts", f"record{n:09}", a=f"a{n % 3}", tags="xy"[n % 2])
    return patient


@pytest.fixture
def large(posts, monkeypatch):
    """The same, where five are too many for one request, and two are a portion."""
    monkeypatch.setattr(small, "MAX_AT_ONCE", COUNT - 1)
    monkeypatch.setattr(backfill, "PORTION", 2)
    return posts


def index(name):
    """What a ready index leads to, in its order; None when none is ready."""
    collection = get_collection("posts")
    slots = [slot for slot in collection.ready_slots if slot.index == name]
    return [record.id for record in read_by(collection, BySlot(slots[0]))] if slots else None


def tagged(value):
    """Who has a tag, by its edges; None when they are not ready."""
    collection = get_collection("posts")
    fields = [field for field in collection.ready_edges if field.name == "tags"]
    return [record.id for record in read_by(collection, ByEdge(fields[0], value))] if fields else None


def by_a():
    """The ids of all posts as the index on `a` has to give them."""
    found = sorted(stored("posts"), key=lambda record: (record.get("a"), record.rowid))
    return [record.id for record in found]


def finish():
    while find_work():
        run_some(1000)


def test_few_records_are_brought_under_a_slot_at_once(posts):
    answer = update_collection("posts", {"indexes": [ON_A], "fields": MANY_TAGS})
    assert "quoll" not in answer
    assert answer == view_collection("posts")
    assert index("on_a") == by_a()
    assert tagged("x") == ["record000000000", "record000000002", "record000000004"]
    assert find_work() == []
    assert find_tasks(backfill.KIND) == []


def test_an_empty_collection_and_a_new_one_are_ready_at_once(patient):
    create_collection({"name": "posts", "fields": MANY_TAGS, "indexes": [ON_A]})
    assert (index("on_a"), tagged("x")) == ([], [])
    assert [slot.number for slot in get_collection("posts").slots] == [2, 3]
    update_collection("posts", {"indexes": [ON_A, ON_TAGS]})
    assert index("on_tags") == []


def test_imported_definitions_too(posts):
    import_collections({"collections": [{"name": "posts", "fields": MANY_TAGS, "indexes": [ON_A]}]})
    assert index("on_a") == by_a()
    assert len(tagged("y")) == 2


def test_many_records_are_left_to_the_task(large):
    answer = update_collection("posts", {"indexes": [ON_A], "fields": MANY_TAGS})
    assert answer["quoll"] == {"building": [{"name": "on_a", "done": 0}, {"name": "tags", "done": 0}]}
    assert view_collection("posts") == answer
    assert (index("on_a"), tagged("x")) == (None, None)
    assert [run_some(2), run_some(2), run_some(2)] == [2, 2, 1]
    assert find_work() == []
    assert "quoll" not in view_collection("posts")
    assert index("on_a") == by_a()
    assert len(tagged("x")) == 3
    assert find_tasks(backfill.KIND) == []
    assert run_some(10) == 0


def test_writers_keep_the_keys_from_the_start(large):
    update_collection("posts", {"indexes": [ON_A], "fields": MANY_TAGS})
    run_some(2)
    collection = get_collection("posts")
    for n, value in ((0, "a9"), (1, "a8"), (4, "a7")):
        record = find_record(collection, f"record{n:09}")
        write_together([Update(record, record.having(a=value, tags=["y", "x"]))])
    write_together([Delete(find_record(collection, "record000000002"))])
    store("posts", "record000000009", a="a1", tags=["x"])
    finish()
    assert index("on_a") == by_a()
    assert tagged("x") == ["record000000000", "record000000001", "record000000004", "record000000009"]
    assert len(tagged("y")) == 4


def test_values_and_dates_stay(large):
    before = [record.values for record in stored("posts")]
    updated = update_collection("posts", {"indexes": [ON_A]})["updated"]
    finish()
    assert [record.values for record in stored("posts")] == before
    assert view_collection("posts")["updated"] == updated


def test_what_means_the_same_is_not_built_again(large):
    update_collection("posts", {"indexes": [ON_A]})
    finish()
    fields = [{**FIELDS[0], "name": "b"}, *FIELDS[1:]]
    renamed = "CREATE UNIQUE INDEX other ON posts (b DESC)".replace("UNIQUE ", "")
    answer = update_collection("posts", {"fields": fields, "indexes": [renamed], "name": "texts"})
    assert "quoll" not in answer
    slots = get_collection("texts").ready_slots
    assert [(slot.index, slot.column_names) for slot in slots] == [("other", ("b",)), ("", ("owner",))]


def test_what_is_added_meanwhile_starts_anew(large):
    update_collection("posts", {"indexes": [ON_A]})
    run_some(2)
    update_collection("posts", {"indexes": [ON_A, ON_TAGS]})
    assert find_work()[0].done == 0
    finish()
    assert index("on_a") == by_a()
    assert len(index("on_tags")) == COUNT
    assert find_tasks(backfill.KIND) == []


def test_what_is_added_at_the_last_moment_is_not_ready(large):
    update_collection("posts", {"indexes": [ON_A]})
    assert sum(run_some(2) for _ in range(2)) == 4
    send = large.send

    def overtaken(operation, arguments):
        """An index more after the last record is done, before all is ready."""
        answer = send(operation, arguments)
        if operation == "Query" and arguments.get("IndexName") == "gsi1" and not answer["Items"]:
            large.send = send
            update_collection("posts", {"indexes": [ON_A, ON_TAGS]})
        return answer

    large.send = overtaken
    run_some(2)
    assert large.send is send
    assert (index("on_a"), index("on_tags")) == (None, None)
    finish()
    assert index("on_a") == by_a()
    assert len(index("on_tags")) == COUNT


def test_what_is_removed_meanwhile_is_not_built(large):
    update_collection("posts", {"indexes": [ON_A]})
    run_some(2)
    assert update_collection("posts", {"indexes": []}).get("quoll") is None
    assert run_some(10) == 0
    assert find_tasks(backfill.KIND) == []
    update_collection("posts", {"indexes": [ON_A]})
    run_some(2)
    delete_collection("posts")
    assert run_some(10) == 0
    assert find_tasks(backfill.KIND) == []


def test_a_field_that_was_single_for_a_while_starts_anew(large):
    update_collection("posts", {"fields": MANY_TAGS})
    run_some(4)
    update_collection("posts", {"fields": FIELDS})
    store("posts", "record000000009", tags="x")
    record = find_record(get_collection("posts"), "record000000001")
    write_together([Update(record, record.having(tags="x"))])
    update_collection("posts", {"fields": MANY_TAGS})
    finish()
    assert [each for each in tagged("x") if each in ("record000000001", "record000000009")] != []
    assert {"record000000001", "record000000009"} <= set(tagged("x"))


def test_an_index_that_is_dropped_and_added_again_is_another(posts):
    update_collection("posts", {"indexes": [ON_A]})
    first = get_collection("posts").slots[0]
    update_collection("posts", {"indexes": []})
    record = find_record(get_collection("posts"), "record000000000")
    write_together([Update(record, record.having(a="zz"))])
    update_collection("posts", {"indexes": [ON_A]})
    assert get_collection("posts").slots[-1].tag != first.tag
    assert index("on_a") == by_a()


def test_two_runners_do_no_harm(large):
    update_collection("posts", {"indexes": [ON_A], "fields": MANY_TAGS})
    engine = get_engine()
    send, depth = engine.send, []

    def joined(operation, arguments):
        """Before each write of one runner another does some work."""
        if operation in ("PutItem", "TransactWriteItems") and not depth:
            depth.append(1)
            run_some(1)
            depth.pop()
        return send(operation, arguments)

    engine.send = joined
    finish()
    engine.send = send
    assert index("on_a") == by_a()
    assert len(tagged("x")) == 3


def test_a_definition_is_waited_for_until_everybody_knows_it(large, monkeypatch):
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=3))
    moment = [clock.unix_milliseconds()]
    monkeypatch.setattr(backfill.clock, "unix_milliseconds", lambda: moment[0])
    update_collection("posts", {"indexes": [ON_A]})
    assert [run_some(10), run_some(10)] == [0, 0]
    assert index("on_a") is None
    moment[0] += 1000 * 32
    assert run_some(10) == 0
    moment[0] += 1000
    finish()
    assert index("on_a") == by_a()


def test_a_request_waits_as_long(posts, monkeypatch):
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=3))
    pauses = []
    posts.pause = pauses.append
    update_collection("posts", {"indexes": [ON_A]})
    assert pauses == [4]
    update_collection("posts", {"listRule": ""})
    assert pauses == [4]
    assert index("on_a") == by_a()


@pytest.mark.parametrize("failure", [Unavailable("gone"), Overloaded()])
def test_what_cannot_be_built_at_once_is_left_to_the_task(posts, failure):
    send = posts.send

    def broken(operation, arguments):
        if operation == "TransactWriteItems" and "R#" in str(arguments):
            raise failure
        return send(operation, arguments)

    posts.send = broken
    assert update_collection("posts", {"indexes": [ON_A]})["quoll"] == {
        "building": [{"name": "on_a", "done": 0}]
    }
    posts.send = send
    finish()
    assert index("on_a") == by_a()


@pytest.mark.parametrize("done", [False, True])
def test_a_crash_between_any_two_calls_of_the_task(large, done):
    for call in range(1000):
        update_collection("posts", {"indexes": [], "fields": FIELDS})
        update_collection("posts", {"indexes": [ON_A], "fields": MANY_TAGS})
        survived = survives(large, finish, call, done=done)
        expected = by_a()
        assert index("on_a") in (None, expected)
        finish()
        assert index("on_a") == expected
        assert len(tagged("x")) == 3
        assert find_tasks(backfill.KIND) == []
        if survived:
            break
    assert call > 12


@pytest.mark.parametrize("done", [False, True])
def test_a_crash_between_any_two_calls_of_a_request(posts, done):
    for call in range(1000):
        update_collection("posts", {"indexes": [], "fields": FIELDS})
        wanted = {"indexes": [ON_A], "fields": MANY_TAGS}
        survived = survives(posts, lambda: update_collection("posts", wanted), call, done=done)  # noqa: B023
        assert index("on_a") in (None, by_a())
        update_collection("posts", wanted)
        finish()
        assert index("on_a") == by_a()
        assert len(tagged("x")) == 3
        if survived:
            break
    assert call > 5


def test_collections_that_were_stored_before_there_were_slots(posts):
    """They have none and work, until they are saved or provisioning brings them up."""
    update_collection("posts", {"indexes": ["CREATE UNIQUE INDEX u ON posts (a, id)"], "fields": MANY_TAGS})
    forget_slots()
    assert (get_collection("posts").slots, get_collection("posts").edges) == ((), ())
    for record in stored("posts")[:2]:
        write_together([Update(record, record.having(tags=["y"]))])
    ensure_defaults()
    assert find_work() == []
    assert index("u") == by_a()
    assert len(tagged("y")) == 4 - 1
    assert all(each.ready_slots for each in load.get_catalog())
    before = definitions.read_version()
    ensure_defaults()
    assert definitions.read_version() == before


def test_saving_such_a_collection_gives_it_slots(posts):
    update_collection("posts", {"indexes": [ON_A]})
    forget_slots()
    update_collection("posts", {"listRule": ""})
    assert index("on_a") == by_a()


def forget_slots():
    """Store all definitions as they were before there were slots."""
    found = definitions.load_all()
    old = [
        {k: v for k, v in each.items() if k not in ("access", "edges", "shards")}
        for each in found.definitions
    ]
    definitions.save_collections(old, [], found.version)
    load.forget()


def test_shards_are_an_option_that_is_shown_when_used(posts):
    assert update_collection("posts", {"quoll": {"shards": 3}, "indexes": [ON_A]})["quoll"] == {"shards": 3}
    for n in range(10, 20):
        store("posts", f"record{n:09}", a=f"a{n % 3}")
    assert index("on_a") == [
        record.id for record in sorted(stored("posts"), key=lambda r: (r.get("a"), r.rowid))
    ]
    assert "quoll" not in update_collection("posts", {"quoll": {"shards": 1}})
    assert len(index("on_a")) == COUNT + 10
    assert complete(get_collection("posts"), get_collection("posts")) == get_collection("posts")
