"""A unique index added to a collection with data: it holds for all records, or it is refused."""

from dataclasses import replace

import pytest

from chalicelib import clock
from chalicelib.collections import backfill, settling, small
from chalicelib.collections.backfill import find_work, run_some
from chalicelib.collections.create import create_collection
from chalicelib.collections.import_many import import_collections
from chalicelib.collections.load import get_collection
from chalicelib.collections.outcome import take_out
from chalicelib.collections.update import update_collection
from chalicelib.collections.view import view_collection
from chalicelib.config import get_config
from chalicelib.errors import ValidationFailed
from chalicelib.filters import BySlot, ByUnique, Sort, having, make_plan
from chalicelib.storage import keys
from chalicelib.storage.failures import Busy, ConditionFailed, NotUnique
from chalicelib.storage.record_items import key_of
from chalicelib.storage.records import find_by_unique, find_record
from chalicelib.storage.tasks import find_tasks
from chalicelib.storage.transactions import Delete, Update, write_together
from tests.services.collections.crash import survives, unique_items
from tests.services.collections.stored import store, stored
from tests.storage.faults import Fault, Faulty
from tests.storage.indexed import read_by

POSTS = {"name": "posts", "fields": [{"name": "a", "type": "text"}, {"name": "j", "type": "json"}]}
TEXT = "CREATE UNIQUE INDEX i ON posts (a)"
ON_A = {"indexes": [TEXT]}
REASON = "UNIQUE constraint failed: posts.a"


@pytest.fixture
def posts(patient):
    create_collection(POSTS)
    return patient


@pytest.fixture
def large(posts, monkeypatch):
    """The same, where three records are too many for one request, and two are a portion."""
    monkeypatch.setattr(small, "MAX_AT_ONCE", 2)
    monkeypatch.setattr(backfill, "PORTION", 2)
    return posts


def fill(*values):
    return [store("posts", f"record{n:09}", a=value) for n, value in enumerate(values)]


def change(collection, record_id, **values):
    """An update by a function that knows the collection so."""
    record = find_record(collection, record_id)
    return write_together([Update(record, record.having(**values))])


def finish():
    for _ in range(100):
        if not find_work():
            return
        run_some(1000)
    raise AssertionError("the work does not end")


def claims():
    """Who holds what of the index, whatever records there are."""
    collection = get_collection("posts")
    (index,) = collection.unique_indexes
    prefix = keys.unique_key(collection.space, index.slot, [])
    return {partition: item["owner"] for partition, item in unique_items() if partition.startswith(prefix)}


def check_all():
    """That the index is ready, knows every record, and nothing else; lists find all through its slot."""
    collection = get_collection("posts")
    (index,) = collection.ready_indexes
    assert collection.building == ()
    records = stored("posts")
    expected = {
        keys.unique_key(collection.space, index.slot, key): record.id
        for record in records
        if (key := index.key_of(record.values)) is not None
    }
    assert claims() == expected
    (slot,) = collection.ready_slots
    by_a = sorted(records, key=lambda record: (record.get("a"), record.rowid))
    assert [each.id for each in read_by(collection, BySlot(slot))] == [each.id for each in by_a]
    assert find_tasks(backfill.KIND) == []


def test_values_that_are_there_are_taken(posts):
    for n in range(60):
        store("posts", f"record{n:09}", a=f"v{n}")
    update_collection("posts", ON_A)
    for taken in ("v0", "v50", "v59"):
        with pytest.raises(NotUnique):
            store("posts", "another00000001", a=taken)
    store("posts", "another00000001", a="free")
    collection = get_collection("posts")
    assert find_by_unique(collection, collection.indexes[0], ["v7"]).id == "record000000007"


def test_taken_values_can_be_given_up(posts):
    record = store("posts", "record000000001", a="x")
    update_collection("posts", ON_A)
    record = find_record(get_collection("posts"), record.id)
    (record,) = write_together([Update(record, record.having(a="y"))])
    store("posts", "record000000002", a="x")
    write_together([Delete(record)])
    store("posts", "record000000003", a="y")


REFUSED = [
    (["CREATE UNIQUE INDEX i ON posts (a)"], ["posts.a"]),
    (["CREATE UNIQUE INDEX i ON posts (a COLLATE NOCASE)"], ["posts.a"]),
    (
        [
            "CREATE INDEX h ON posts (a)",
            "CREATE UNIQUE INDEX i ON posts (a, id)",
            "CREATE UNIQUE INDEX j ON posts (a)",
        ],
        ["posts.a"],
    ),
]


@pytest.mark.parametrize(("indexes", "columns"), REFUSED)
def test_equal_values_are_refused_and_nothing_has_changed(posts, indexes, columns):
    before = [store("posts", f"record00000000{n}", a=a) for n, a in enumerate(("x", "X", "x", "y"))]
    definition = get_collection("posts")
    with pytest.raises(ValidationFailed) as refused:
        update_collection("posts", {"indexes": indexes})
    told = refused.value.data["indexes"]
    assert list(told) == [str(len(indexes) - 1)]
    assert f"constraint failed: UNIQUE constraint failed: {columns[0]} (2067)." in str(told)
    assert get_collection("posts") == definition
    assert [record.rev for record in stored("posts")] == [record.rev for record in before]
    store("posts", "record000000009", a="x")


ACCEPTED = ["(a) WHERE a = 'y'", "(j)", "(a, id)", "(a) WHERE j IS NOT NULL"]


@pytest.mark.parametrize("columns", ACCEPTED)
def test_what_the_index_does_not_concern_may_be_equal(posts, columns):
    for n, a in enumerate(("x", "x", "y")):
        store("posts", f"record00000000{n}", a=a)
    update_collection("posts", {"indexes": [f"CREATE UNIQUE INDEX i ON posts {columns}"]})
    store("posts", "record000000009", a="x")


def test_a_field_is_renamed_at_the_same_time(posts):
    store("posts", "record000000001", a="x")
    a_id = get_collection("posts").field_by_name["a"].id
    fields = [{"id": a_id, "name": "b", "type": "text"}]
    update_collection("posts", {"fields": fields, "indexes": ["CREATE UNIQUE INDEX i ON posts (b)"]})
    with pytest.raises(NotUnique):
        store("posts", "record000000002", b="x")


def test_an_index_dropped_and_added_again_forgets(posts):
    update_collection("posts", ON_A)
    record = store("posts", "record000000001", a="x")
    update_collection("posts", {"indexes": []})
    write_together([Update(record := find_record(get_collection("posts"), record.id), record.having(a="y"))])
    update_collection("posts", ON_A)
    store("posts", "record000000002", a="x")
    with pytest.raises(NotUnique):
        store("posts", "record000000003", a="y")


def test_more_records_than_a_request_has_time_for(large):
    fill("a", "b", "c", "d", "e")
    answer = update_collection("posts", ON_A)
    assert answer["quoll"] == {"building": [{"name": "i", "done": 0}]}
    assert run_some(2) == 2
    assert view_collection("posts")["quoll"] == {"building": [{"name": "i", "done": 2}]}
    finish()
    check_all()
    assert "quoll" not in view_collection("posts")
    with pytest.raises(NotUnique):
        store("posts", "another00000001", a="e")


def test_while_it_is_built_nobody_looks_anything_up_in_it(large):
    fill("a", "b", "c")
    update_collection("posts", ON_A)
    building = get_collection("posts")
    wanted = having(building.field_by_name["a"], "b")
    assert not isinstance(make_plan(wanted, Sort(), building).access, ByUnique)
    finish()
    ready = get_collection("posts")
    assert isinstance(make_plan(wanted, Sort(), ready).access, ByUnique)


def test_writers_claim_their_values_while_it_is_built(large):
    fill("a", "b", "c")
    update_collection("posts", ON_A)
    store("posts", "another00000001", a="new")
    for value in ("new", "a"):
        if value == "a":  # whoever writes a record claims what it had before, too
            change(get_collection("posts"), "record000000000", j=1)
        with pytest.raises(NotUnique):
            store("posts", "another00000002", a=value)
    change(get_collection("posts"), "record000000001", a="other")
    store("posts", "another00000002", a="b")
    write_together([Delete(find_record(get_collection("posts"), "record000000002"))])
    finish()
    check_all()


@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_with_one_value_one_is_refused_or_the_index_is(large, is_first):
    """A value that a record has which the runner has, or has not yet, come to."""
    fill("a", "b", "c", "d", "e")
    update_collection("posts", ON_A)
    if is_first:
        run_some(2)
        with pytest.raises(NotUnique):
            store("posts", "another00000001", a="a")
    else:
        store("posts", "another00000001", a="e")
    finish()
    assert bool(get_collection("posts").indexes) is is_first
    if is_first:
        check_all()


def test_equal_values_that_are_met_on_the_way_end_it(large, caplog):
    fill("a", "b", "c", "b", "d")
    update_collection("posts", {**ON_A, "listRule": ""})
    finish()
    told = view_collection("posts")
    assert told["quoll"] == {"refused": [{"index": TEXT.replace("`", ""), "reason": REASON}]}
    assert (told["indexes"], told["listRule"]) == ([], "")
    assert get_collection("posts").slots == ()
    assert find_tasks(backfill.KIND) == []
    assert "taken out again" in caplog.text
    store("posts", "another00000001", a="b")
    assert "quoll" not in update_collection("posts", {"listRule": None})


def test_one_index_is_refused_and_another_is_built(large):
    fill("a", "b", "b", "c")
    both = [TEXT, "CREATE UNIQUE INDEX k ON posts (a, id)"]
    update_collection("posts", {"indexes": both})
    finish()
    assert [index.name for index in get_collection("posts").ready_indexes] == ["k"]
    assert [each["index"] for each in view_collection("posts")["quoll"]["refused"]] == [TEXT]


def test_a_late_refusal_does_not_touch_a_ready_index(posts):
    (record,) = fill("a")
    building = update_building(ON_A)
    take_out(NotUnique(building, building.indexes[0]), telling=True)
    assert [index.name for index in get_collection("posts").indexes] == ["i"]
    assert record.get("a") == "a"


def update_building(body):
    """Save a definition; how it is for those who think that it is still being built."""
    update_collection("posts", body)
    ready = get_collection("posts")
    return replace(ready, indexes=tuple(replace(each, is_ready=False, holds=False) for each in ready.indexes))


def test_equal_values_that_are_stored_while_the_request_waits(posts, monkeypatch):
    """By a function that does not know of the index yet: the request is refused, the index is not there."""
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=1))
    fill("a", "b")
    old, pauses = get_collection("posts"), []

    def store_unaware(seconds):
        pauses.append(seconds)
        store(old, "another00000001", a="a")

    posts.pause = store_unaware
    with pytest.raises(ValidationFailed) as refused:
        update_collection("posts", ON_A)
    assert f"constraint failed: {REASON} (2067)." in str(refused.value.data["indexes"]["0"])
    assert pauses == [1 + settling.IN_FLIGHT]
    assert view_collection("posts")["indexes"] == []
    assert "quoll" not in view_collection("posts")


def test_an_import_is_refused_likewise(posts):
    fill("a", "a")
    definition = {"name": "posts", "indexes": [TEXT]}
    with pytest.raises(ValidationFailed) as refused:
        import_collections({"collections": [{"name": "other"}, definition]})
    assert REASON in str(refused.value.data["indexes"]["0"])
    assert get_collection("posts").indexes == ()


@pytest.fixture
def later(monkeypatch):
    """Functions trust definitions for a second; calling this lets the longest request end."""
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=1))
    moment = [clock.unix_milliseconds()]
    monkeypatch.setattr(backfill.clock, "unix_milliseconds", lambda: moment[0])

    def pass_time():
        run_some(1)
        moment[0] += int(1000 * (1 + settling.LONGEST_IN_FLIGHT))

    return pass_time


def test_what_is_written_until_everybody_knows_is_brought_under_it(posts, later):
    old, pauses = get_collection("posts"), []

    def write_unaware(seconds):
        pauses.append(seconds)
        store(old, "record000000001", a="late")

    posts.pause = write_unaware
    update_collection("posts", ON_A)
    assert pauses == [1 + settling.IN_FLIGHT]
    assert get_collection("posts").ready_indexes == ()
    with pytest.raises(NotUnique):
        store("posts", "record000000002", a="late")
    later()
    finish()
    check_all()


def test_what_a_slow_request_writes_after_the_answer_is_brought_under_it(posts, later):
    fill("a", "b")
    old = get_collection("posts")
    update_collection("posts", {"indexes": [TEXT, "CREATE INDEX plain ON posts (a, id)"]})
    change(old, "record000000001", a="c")
    later()
    finish()
    with pytest.raises(NotUnique):
        store("posts", "record000000002", a="c")
    store("posts", "record000000003", a="b")
    collection = get_collection("posts")
    assert collection.unfinished == ()
    assert [len(list(read_by(collection, BySlot(slot)))) for slot in collection.ready_slots] == [3, 3]


def test_equal_values_of_a_slow_request_take_the_index_out_again(posts, later):
    fill("a", "b")
    old = get_collection("posts")
    update_collection("posts", ON_A)
    change(old, "record000000001", a="a")
    later()
    finish()
    assert view_collection("posts")["indexes"] == []
    assert view_collection("posts")["quoll"]["refused"] == [{"index": TEXT, "reason": REASON}]


def test_nobody_waits_for_other_changes(posts, monkeypatch):
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=1))
    pauses = []
    posts.pause = pauses.append
    update_collection("posts", {"listRule": "", "name": "articles"})
    assert pauses == []


def test_what_an_unaware_function_took_from_a_record_is_free(large):
    """It knows the collection as it was before, and leaves the claims of others alone."""
    fill("A", "D", "c")
    old = get_collection("posts")
    update_collection("posts", ON_A)
    for n in (0, 1):
        change(get_collection("posts"), f"record{n:09}", j=n)
    change(old, "record000000000", a="B")
    write_together([Delete(find_record(old, "record000000001"))])
    store("posts", "record000000003", a="A")
    store("posts", "record000000004", a="D")
    finish()
    check_all()


def test_a_record_that_is_changed_while_it_is_written_again(large):
    fill("a", "b", "c")
    update_collection("posts", ON_A)
    engine, send = large, large.send

    def overtaken(operation, arguments):
        if operation == "TransactWriteItems":
            engine.send = send
            change(get_collection("posts"), "record000000000", a="z")
            write_together([Delete(find_record(get_collection("posts"), "record000000001"))])
        return send(operation, arguments)

    engine.send = overtaken
    finish()
    check_all()
    store("posts", "another00000001", a="a")


def test_a_list_that_lags_refuses_nothing(large):
    """It shows two records with one value, of which one was changed meanwhile."""
    fill("a", "b", "c")
    update_collection("posts", ON_A)
    key = key_of(get_collection("posts"), "record000000000")
    stale, send = large.get(key), large.send

    def lagging(operation, arguments):
        answer = send(operation, arguments)
        if operation == "Query" and arguments.get("IndexName") == "gsi1":
            answer["Items"] = [stale if each["pk"] == stale["pk"] else each for each in answer["Items"]]
        return answer

    change(get_collection("posts"), "record000000000", a="z")
    change(get_collection("posts"), "record000000001", a="a")
    large.send = lagging
    finish()
    large.send = send
    check_all()


FAULTS = [
    Fault("TransactWriteItems", Busy("throttled"), times=3),
    Fault("TransactWriteItems", Busy("conflict"), times=1, done_anyway=False),
    Fault("TransactWriteItems", ConditionFailed((0,)), times=1),
    Fault("Query", Busy("throttled"), times=2),
    Fault("PutItem", Busy("throttled"), times=2),
    Fault("BatchGetItem", Busy("throttled"), times=2),
    Fault("TransactWriteItems", Busy("lost"), times=1, done_anyway=True),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.operation} {fault.error}")
def test_throttling_and_lost_races(large, fault):
    fill("a", "b", "c", "d", "e")
    update_collection("posts", ON_A)
    large.send = Faulty(large.send, [replace(fault)])
    finish()
    large.send = large.send.send
    check_all()


def test_throttling_without_end_leaves_the_rest_for_later(large, caplog):
    fill("a", "b", "c")
    update_collection("posts", ON_A)
    large.send = Faulty(large.send, [Fault("TransactWriteItems", Busy("throttled"), times=10**6)])
    assert run_some(100) == 0
    assert "a task cannot go on yet" in caplog.text
    large.send = large.send.send
    finish()
    check_all()


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("values", [("a", "b", "c", "d", "e"), ("a", "b", "c", "d", "a")])
def test_a_crash_between_any_two_calls_of_the_task(large, values, done):
    fill(*values)
    for call in range(1000):
        update_collection("posts", {"indexes": []})
        update_collection("posts", ON_A)
        survived = survives(large, finish, call, done=done)
        finish()
        if len(set(values)) == len(values):
            check_all()
        else:
            assert view_collection("posts")["quoll"] == {"refused": [{"index": TEXT, "reason": REASON}]}
        if survived:
            break
    assert call > 8


@pytest.mark.parametrize("done", [False, True])
def test_a_crash_between_any_two_calls_of_a_request(posts, done):
    fill("a", "b", "c")
    for call in range(1000):
        update_collection("posts", {"indexes": []})
        survived = survives(posts, lambda: update_collection("posts", ON_A), call, done=done)
        is_there = bool(get_collection("posts").indexes)
        finish()
        if is_there:
            check_all()
        if survived:
            break
    assert is_there
    assert call > 5


@pytest.fixture
def users(patient, monkeypatch):
    """More users than a request has time for."""
    monkeypatch.setattr(small, "MAX_AT_ONCE", 1)
    for n in range(2):
        store("users", f"user{n:011}", email=f"{n}@example.com", tokenKey=f"key{n}")
    return get_collection("users")


def test_sign_in_is_never_without_a_unique_index_on_many(users):
    others = [index.text for index in users.indexes if index.column_names != ("email",)]
    (before,) = (index.text for index in users.indexes if index.column_names == ("email",))
    folded = "CREATE UNIQUE INDEX `folded` ON `users` (`email` COLLATE NOCASE)"
    with pytest.raises(ValidationFailed) as refused:
        update_collection("users", {"indexes": [*others, folded]})
    assert "add it under another name, and remove the former one later" in str(refused.value.data)
    update_collection("users", {"indexes": [*others, before, folded]})
    with pytest.raises(ValidationFailed):
        update_collection("users", {"indexes": [*others, folded]})
    finish()
    update_collection("users", {"indexes": [*others, folded]})
    assert get_collection("users").ready_indexes[-1].name == "folded"
