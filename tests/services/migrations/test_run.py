"""A migration is carried out once, whoever is stopped, overtaken or in the way."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.collections.load import get_collection
from chalicelib.collections.update import update_collection
from chalicelib.migrations.failures import MigrationFailed
from chalicelib.migrations.steps import call, change_records
from chalicelib.migrations.written import Migration
from chalicelib.records.update import update_record
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.migrations import find_progress, save_progress
from tests.services.collections.stored import store, stored
from tests.services.migrations.conftest import COUNTING, one_more, up
from tests.storage.faults import Fault, Faulty, Lagging

BEFORE = [0, 1, 2, 3, 4]
AFTER = [1, 2, 3, 4, 5, 100]


class Killed(BaseException):
    """The process has ended: nothing catches it."""


class Mortal:
    """`send` until its last call: killed before that was made, or before the answer came."""

    def __init__(self, send, calls: int, *, done_anyway: bool) -> None:
        self.send, self.left, self.done_anyway = send, calls, done_anyway

    def __call__(self, operation, arguments):
        self.left -= 1
        if self.left < 0 and not self.done_anyway:
            raise Killed
        answer = self.send(operation, arguments)
        if self.left < 0:
            raise Killed
        return answer


def survive(engine: Engine, action: Callable[[], object], *, done_anyway: bool) -> int:
    """Do it in lives of one call more each; how many deaths it took."""
    send, deaths = engine.send, 0
    while True:
        engine.send = Mortal(send, deaths, done_anyway=done_anyway)
        try:
            action()
        except Killed:
            deaths += 1
        else:
            return deaths
        finally:
            engine.send = send


def test_carried_out_and_taken_back(numbers, carry_out) -> None:
    carry_out()
    assert numbers() == AFTER
    assert get_collection("posts").list_rule == ""
    assert find_progress()["0001_count"].is_applied
    carry_out("down")
    assert numbers() == BEFORE
    assert get_collection("posts").list_rule is None
    assert find_progress() == {}


CALLS = 40


@pytest.mark.parametrize("calls", range(CALLS))
def test_killed_after_any_call_it_goes_on(posts, numbers, carry_out, calls: int) -> None:
    posts.send, send = Mortal(posts.send, calls, done_anyway=True), posts.send
    try:
        carry_out()
    except Killed:
        posts.send = send
        if not any(each.is_applied for each in find_progress().values()):
            carry_out()
    posts.send = send
    assert numbers() == AFTER


def test_that_was_every_call(posts, carry_out) -> None:
    posts.send = counted = Faulty(posts.send)
    carry_out()
    assert len(counted.asked) <= CALLS


@pytest.mark.parametrize("done_anyway", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("direction", ["up", "down"])
def test_killed_again_and_again_it_gets_there(posts, numbers, carry_out, direction, done_anyway) -> None:
    """In lives of one call more each."""
    if direction == "down":
        carry_out()

    def go_on():
        applied = any(each.is_applied for each in find_progress().values())
        is_done = applied if direction == "up" else not find_progress()
        if not is_done:
            carry_out(direction)

    assert survive(posts, go_on, done_anyway=done_anyway) > 10
    assert numbers() == (AFTER if direction == "up" else BEFORE)
    assert all(each.is_applied for each in find_progress().values())
    assert len(find_progress()) == (direction == "up")


@pytest.mark.parametrize("write", range(1, 9))
def test_of_two_runners_one_wins(posts, numbers, carry_out, write) -> None:
    """While the first is held up at one of its writes, another takes its place; the first says so."""
    send, others = posts.send, []
    left = iter(range(write, -1, -1))

    def held_up(operation, arguments):
        if operation in ("PutItem", "TransactWriteItems") and next(left, -1) == 0:
            posts.send = send
            others.append(carry_out())
        return send(operation, arguments)

    posts.send = held_up
    with pytest.raises(MigrationFailed, match=r"0001_count: somebody else is at it"):
        carry_out()
    assert len(others) == 1
    assert numbers() == AFTER


def test_who_is_alive_is_left_alone(posts, numbers, carry_out) -> None:
    """An unfinished one is watched for a while: when it gets on meanwhile, somebody is at it."""
    third = [Fault("TransactWriteItems", times=2), Fault("TransactWriteItems", Killed())]
    posts.send, send = Faulty(posts.send, third), posts.send
    with pytest.raises(Killed):
        carry_out()
    posts.send = send
    (progress,) = find_progress().values()
    before = numbers()
    posts.pause = lambda seconds: save_progress(replace(progress, runner="alive"))
    with pytest.raises(MigrationFailed, match="somebody else is at it"):
        carry_out()
    assert numbers() == before != BEFORE


def test_what_others_write_meanwhile_stays(posts, numbers, carry_out) -> None:
    send = posts.send

    def somebody_writes(operation, arguments):
        if operation == "TransactWriteItems":
            posts.send = send
            request = RequestInfo(
                method="PATCH", body={"n+": 10, "note": "kept"}, auth=Record(get_collection("_superusers"))
            )
            update_record("posts", "record000000000", request)
        return send(operation, arguments)

    posts.send = somebody_writes
    carry_out(migration=Migration("0001_count", lambda: up()[1:2], lambda: ()))
    assert numbers() == [2, 3, 4, 5, 11]
    assert [record.values["note"] for record in stored("posts") if record.id == "record000000000"] == ["kept"]


def test_what_an_index_does_not_show_yet_is_not_left_out(posts, numbers, carry_out) -> None:
    posts.send = lagging = Lagging(posts.send, behind=50)
    posts.pause = lambda seconds: lagging.catch_up()
    store("posts", "written0now0000", n=50)
    carry_out()
    lagging.catch_up()
    assert numbers() == [1, 2, 3, 4, 5, 51, 100]


def test_a_record_that_may_not_become_so_is_named(posts, numbers, carry_out) -> None:
    """Nothing of its portion is written; what was done before stays done."""
    limit("n", 4)
    counting = Migration("0001_count", lambda: up()[1:2], lambda: ())
    with pytest.raises(MigrationFailed, match=r"posts record000000004: n: Must be less or equal than 4"):
        carry_out(migration=counting)
    assert numbers() == [1, 2, 3, 4, 4]
    limit("n", 9)
    carry_out(migration=counting)
    assert numbers() == [1, 2, 3, 4, 5]


def limit(name, most):
    fields = [field.to_json() for field in get_collection("posts").fields]
    changed = [{**each, "max": most} if each["name"] == name else each for each in fields]
    update_collection("posts", {"fields": changed})


def test_a_field_that_is_not_there_is_refused(posts, numbers, carry_out) -> None:
    wrong = Migration("0001_x", lambda: (change_records("posts", lambda values: {"nn": 1}),), lambda: ())
    with pytest.raises(MigrationFailed, match="posts has no field nn"):
        carry_out(migration=wrong)
    assert numbers() == BEFORE


def test_portions_shrink_to_what_a_transaction_holds(posts, numbers, carry_out, monkeypatch) -> None:
    """A record and its unique value are three items, and how far it is makes one more."""
    update_collection("posts", {"indexes": ["CREATE UNIQUE INDEX only_one ON posts (n)"]})
    monkeypatch.setattr("chalicelib.migrations.change_records.PORTION", 5)
    monkeypatch.setattr("chalicelib.storage.engine.TRANSACTION_MAX", 6)
    carry_out(migration=Migration("0001_x", lambda: (change_records("posts", ten_more),), lambda: ()))
    assert numbers() == [10, 11, 12, 13, 14]
    monkeypatch.setattr("chalicelib.storage.engine.TRANSACTION_MAX", 3)
    with pytest.raises(MigrationFailed, match="posts record000000000: 4 items"):
        carry_out(migration=Migration("0002_x", lambda: (change_records("posts", ten_more),), lambda: ()))


def ten_more(values):
    return {"n": values["n"] + 10}


def test_two_records_may_not_become_the_same(posts, numbers, carry_out) -> None:
    update_collection("posts", {"indexes": ["CREATE UNIQUE INDEX only_one ON posts (n)"]})
    same = Migration("0001_x", lambda: (change_records("posts", lambda values: {"n": 7}),), lambda: ())
    with pytest.raises(MigrationFailed, match=r"posts: n: Value must be unique"):
        carry_out(migration=same)
    assert numbers() == BEFORE


def test_records_that_change_their_shard_are_changed_once(posts, numbers, carry_out) -> None:
    update_collection("posts", {"quoll": {"shards": 4}})
    carry_out()
    assert numbers() == AFTER
    update_collection("posts", {"quoll": {"shards": 2}})
    carry_out("down")
    assert numbers() == BEFORE


def test_a_record_is_left_as_it_is(posts, carry_out) -> None:
    before = {record.id: record.stamp for record in stored("posts")}
    carry_out(migration=Migration("0001_x", lambda: (change_records("posts", even_only),), lambda: ()))
    changed = [record.values["n"] for record in stored("posts") if record.stamp != before[record.id]]
    assert changed == [100, 102, 104]


def even_only(values):
    return {"n": values["n"] + 100} if values["n"] % 2 == 0 else None


def test_other_steps_than_it_was_begun_with_are_refused(posts, numbers, carry_out) -> None:
    def fail():
        raise MigrationFailed("not yet")

    counted = change_records("posts", one_more)
    with pytest.raises(MigrationFailed, match="not yet"):
        carry_out(migration=Migration("0001_x", lambda: (counted, call("later", fail)), lambda: ()))
    moved = (call("something new", lambda: None), counted)
    with pytest.raises(MigrationFailed, match="begun with other steps: change records of posts by one_more"):
        carry_out(migration=Migration("0001_x", lambda: moved, lambda: ()))
    said = carry_out(
        migration=Migration("0001_x", lambda: (counted, call("later", lambda: None)), lambda: ())
    )
    assert said[-1] == "  later"
    assert "a-backup" in said[0]
    assert numbers() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("direction", ["up", "down"])
def test_who_comes_late_finds_it_done(posts, numbers, carry_out, direction) -> None:
    """It was chosen, and somebody else was faster."""
    carry_out()
    if direction == "down":
        carry_out("down")
    with pytest.raises(MigrationFailed, match="somebody else is at it"):
        carry_out(direction)
    assert numbers() == (AFTER if direction == "up" else BEFORE)


def test_steps_say_what_they_do() -> None:
    assert [step.words for step in COUNTING.steps("up")] == [
        "change collection posts: listRule",
        "change records of posts by one_more",
        "create records of posts: made00000000001",
    ]
