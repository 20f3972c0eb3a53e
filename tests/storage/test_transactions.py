"""Writing records: whole or absent, unique values held, nothing lost."""

import random

import pytest

from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine, WriteItem
from chalicelib.storage.failures import (
    Busy,
    ConditionFailed,
    Conflict,
    IdTaken,
    ItemTooLarge,
    NotUnique,
    TooManyItems,
    Unavailable,
)
from chalicelib.storage.portions import in_portions
from chalicelib.storage.record_items import key_of
from chalicelib.storage.records import find_by_unique, find_record, read_pages
from chalicelib.storage.transactions import Change, Create, Delete, Update, write_together
from tests.storage.faults import Fault, Faulty
from tests.storage.samples import PEOPLE, POSTS, make_record

BY_NAME, BY_SLUG = PEOPLE.unique_indexes


def person(record_id: str, name: str, slug: str = "", age: int = 0) -> Record:
    return make_record(PEOPLE, record_id, name=name, slug=slug or record_id, age=age)


def store(*changes: Change) -> Record:
    return write_together(changes)[-1]


def found(record: Record) -> Record:
    stored = find_record(record.collection, record.id)
    assert stored is not None
    return stored


def named(name: str) -> str | None:
    record = find_by_unique(PEOPLE, BY_NAME, (name,))
    return record and record.id


def test_a_record_without_unique_values_is_one_plain_write(engine: Engine) -> None:
    post = store(Create(make_record(POSTS, "p1", title="one")))
    changed = store(Update(post, post.having(title="two")))
    write_together([Delete(changed)])
    assert engine.calls.by_operation == {"PutItem": 2, "DeleteItem": 1}
    assert find_record(POSTS, "p1") is None


def test_an_update_that_leaves_unique_values_alone_is_one_plain_write(engine: Engine) -> None:
    ann = store(Create(person("a", "Ann", "ann", 1)))
    engine.calls.reset()
    store(Update(ann, ann.having(name="ANN")))
    assert engine.calls.by_operation == {"PutItem": 1}


def test_rev_counts_and_rowid_stays(engine: Engine) -> None:
    created = store(Create(make_record(POSTS, "p1")))
    changed = store(Update(created, created.having(title="x")))
    assert (created.rev, changed.rev) == (1, 2)
    assert changed.rowid == created.rowid
    assert found(changed) == changed


def test_an_id_is_taken_once(engine: Engine) -> None:
    first = store(Create(make_record(POSTS, "p1", title="first")))
    with pytest.raises(IdTaken) as taken:
        store(Create(make_record(POSTS, "p1", title="second")))
    assert (taken.value.collection, taken.value.record_id) == (POSTS, "p1")
    assert found(first) == first


@pytest.mark.parametrize(
    ("second", "index"),
    [
        (person("b", "Ann", "other"), BY_NAME),
        (person("b", "aNN", "other"), BY_NAME),
        (person("b", "Bob", "ann", 7), BY_SLUG),
        (person("b", "Ann", "ann", 7), BY_SLUG),
    ],
    ids=["same name", "same name but for case", "same pair", "both, the index declared last is told"],
)
def test_unique_values_are_taken_once(engine: Engine, second: Record, index: object) -> None:
    store(Create(person("a", "Ann", "ann", 7)))
    with pytest.raises(NotUnique) as refused:
        store(Create(second))
    assert refused.value.index == index
    assert refused.value.collection == PEOPLE
    assert find_record(PEOPLE, "b") is None
    assert find_by_unique(PEOPLE, BY_SLUG, ("other", 0)) is None


@pytest.mark.parametrize(
    "second",
    [person("b", "Ann!", "ann"), person("b", "Bob", "Ann", 7), person("b", "", "x"), person("b", "Änn", "x")],
    ids=["other name", "case counts without NOCASE", "outside the partial index", "NOCASE is ASCII"],
)
def test_what_is_not_equal_may_be(engine: Engine, second: Record) -> None:
    store(Create(person("a", "Ann", "ann", 7)), Create(person("z", "", "z")), Create(person("y", "ä", "y")))
    store(Create(second))
    assert found(second).values == second.values


def test_a_released_value_can_be_taken(engine: Engine) -> None:
    ann = store(Create(person("a", "Ann")))
    store(Update(ann, ann.having(name="Anna")))
    assert (named("Ann"), named("Anna")) == (None, "a")
    bob = store(Create(person("b", "Ann")))
    write_together([Delete(bob)])
    store(Create(person("c", "Ann")))
    assert named("ann") == "c"


def test_leaving_a_partial_index_releases_the_value(engine: Engine) -> None:
    ann = store(Create(person("a", "Ann")))
    store(Update(ann, ann.having(name="")))
    store(Create(person("b", "Ann")))
    assert named("Ann") == "b"


def test_a_value_changes_hands_in_one_transaction(engine: Engine) -> None:
    ann = store(Create(person("a", "Ann")))
    bob = store(Create(person("b", "Bob")))
    write_together([Update(ann, ann.having(name="Bob")), Update(bob, bob.having(name="Ann"))])
    assert (named("Ann"), named("Bob")) == ("b", "a")
    write_together([Delete(found(ann)), Create(person("c", "Bob"))])
    assert named("Bob") == "c"


def test_two_changes_cannot_take_the_same_value(engine: Engine) -> None:
    with pytest.raises(NotUnique):
        store(Create(person("a", "Ann")), Create(person("b", "ANN")))
    assert find_record(PEOPLE, "a") is None


def test_all_changes_or_none(engine: Engine) -> None:
    store(Create(person("a", "Ann")))
    with pytest.raises(NotUnique):
        store(Create(make_record(POSTS, "p1")), Create(person("b", "Bob")), Create(person("c", "Ann")))
    assert find_record(POSTS, "p1") is None
    assert named("Bob") is None


@pytest.mark.parametrize(
    "record", [make_record(POSTS, "r"), person("r", "Ann")], ids=["plain", "with unique values"]
)
def test_the_second_of_two_writers_loses(engine: Engine, record: Record) -> None:
    read = store(Create(record))
    winner = store(Update(read, read.having(**{record.collection.fields[1].name: "winner"})))
    with pytest.raises(Conflict):
        store(Update(read, read.having(**{record.collection.fields[1].name: "loser"})))
    with pytest.raises(Conflict):
        write_together([Delete(read)])
    assert found(read) == winner


def test_nobody_updates_what_is_gone(engine: Engine) -> None:
    post = store(Create(make_record(POSTS, "p1")))
    write_together([Delete(post)])
    with pytest.raises(Conflict):
        store(Update(post, post.having(title="x")))
    assert find_record(POSTS, "p1") is None


def test_one_record_is_changed_once_per_transaction(engine: Engine) -> None:
    post = store(Create(make_record(POSTS, "p1")))
    with pytest.raises(ValueError, match="changed twice"):
        write_together([Update(post, post), Delete(post)])


def test_too_many_changes(engine: Engine) -> None:
    with pytest.raises(TooManyItems):
        write_together([Create(make_record(POSTS, f"p{number}")) for number in range(101)])
    with pytest.raises(TooManyItems):
        write_together([Create(person(f"p{number}", f"n{number}")) for number in range(34)])


def test_too_large(engine: Engine) -> None:
    noise = random.Random(1).randbytes(450_000).hex()
    with pytest.raises(ItemTooLarge):
        store(Create(make_record(POSTS, "p1", body=noise)))
    assert engine.calls.total == 0
    store(Create(make_record(POSTS, "p1", body=noise[:600_000])))


@pytest.mark.parametrize("failure", [Busy("throttled"), Busy("TransactionConflict")])
def test_busy_writes_succeed_later(engine: Engine, failure: Exception) -> None:
    engine.pause = lambda seconds: None
    faults = [Fault("PutItem", failure, times=2), Fault("TransactWriteItems", failure, times=2)]
    engine.send = Faulty(engine.send, faults)
    store(Create(make_record(POSTS, "p1")))
    store(Create(person("a", "Ann")))
    assert named("Ann") == "a"
    assert find_record(POSTS, "p1")


@pytest.mark.parametrize("done_anyway", [False, True], ids=["crash before", "crash after"])
def test_a_crash_leaves_all_or_nothing(engine: Engine, done_anyway: bool) -> None:
    send = engine.send
    engine.send = Faulty(send, [Fault("TransactWriteItems", Unavailable("gone"), done_anyway=done_anyway)])
    with pytest.raises(Unavailable):
        store(Create(person("a", "Ann")), Create(make_record(POSTS, "p1")))
    engine.send = send
    assert named("Ann") == ("a" if done_anyway else None)
    assert (find_record(POSTS, "p1") is not None) == done_anyway


def test_a_repeated_write_that_meets_itself_is_done(engine: Engine) -> None:
    """An answer got lost, the write was sent again, and its own first try stood in its way."""
    met_itself = [Fault("PutItem", ConditionFailed(), done_anyway=True, times=2)]
    engine.send = Faulty(engine.send, met_itself)
    created = store(Create(make_record(POSTS, "p1", count=1)))
    changed = store(Update(created, created.having(count=2)))
    assert found(changed) == changed
    with pytest.raises(Conflict):
        store(Update(created, created.having(count=2)))


def test_made_anew_under_its_id_is_another_record(engine: Engine) -> None:
    read = store(Create(person("a", "old")))
    write_together([Delete(read)])
    second = store(Create(person("a", "new")))
    assert second.rev == read.rev
    for change in (Update(read, read.having(age=1)), Delete(read)):
        with pytest.raises(Conflict):
            write_together([change])
    assert found(second) == second
    store(Create(person("b", "old")))


def test_what_an_index_shows_can_be_written(engine: Engine) -> None:
    store(Create(person("a", "Ann")))
    ((listed,),) = read_pages(PEOPLE)
    store(Update(listed, listed.having(age=3)))
    with pytest.raises(Conflict):
        write_together([Delete(listed)])
    assert found(listed).get("age") == 3


def test_a_record_without_a_stamp_can_be_written(engine: Engine) -> None:
    stored = store(Create(make_record(POSTS, "p1")))
    item = dict(engine.get(key_of(POSTS, "p1")) or {})
    del item["stamp"]
    engine.write_all([WriteItem(item)])
    old = found(stored)
    assert old.stamp == ""
    changed = store(Update(old, old.having(title="x")))
    with pytest.raises(Conflict):
        write_together([Delete(old)])
    write_together([Delete(changed)])


def test_more_than_four_megabytes_are_too_many(engine: Engine) -> None:
    noise = random.Random(1).randbytes(150_000).hex()
    large = [Create(make_record(POSTS, f"p{number:02}", body=noise)) for number in range(28)]
    with pytest.raises(TooManyItems):
        write_together(large)
    assert engine.calls.total == 0
    sizes = [len(portion) for portion in in_portions(large)]
    assert sizes == [24, 4]
    for portion in in_portions(large):
        write_together(portion)


def test_portions_fit_whatever_is_unique(engine: Engine) -> None:
    people = [store(Create(person(f"p{number:02}", f"n{number}"))) for number in range(70)]
    updates = [Update(each, each.having(name=each.id, slug=f"s{each.id}")) for each in people]
    assert [len(write_together(portion)) for portion in in_portions(updates)] == [20, 20, 20, 10]
    assert [len(portion) for portion in in_portions([Delete(each) for each in people])] == [33, 33, 4]
