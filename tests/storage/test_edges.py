"""Edges: records by a value of a multi-valued field, written and removed with the record."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from chalicelib.filters import ByEdge, Union
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.record import Record
from chalicelib.storage import edges, keys
from chalicelib.storage import engine as engine_module
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, Conflict, IdTaken, Unavailable
from chalicelib.storage.places import place_of
from chalicelib.storage.queries import Query
from chalicelib.storage.records import find_records
from chalicelib.storage.transactions import Delete, Update, write_together
from tests.storage.faults import Fault, Faulty
from tests.storage.indexed import add, make_indexed, read_by

MANY = [f"person{n}" for n in range(26)]


def by(collection: Collection, name: str, value: str, backwards: bool = False) -> ByEdge:
    return ByEdge(collection.field_by_name[name], value, backwards)


def ids(records: list[Record]) -> list[str]:
    return [each.id for each in records]


def edges_of(engine: Engine, record: Record) -> set[str]:
    """The values that a record has edges for, and what else is in its partition."""
    partition = keys.record_key(record.collection.space, record.id)
    return {item["sk"]["S"].rpartition("#")[2] for page in engine.query(Query(partition)) for item in page}


@pytest.fixture
def things(engine: Engine) -> Collection:
    return make_indexed()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten items fit into one transaction."""
    for module in (edges, engine_module):
        monkeypatch.setattr(module, "TRANSACTION_MAX", 10)


def test_records_are_found_by_each_of_their_values(things: Collection) -> None:
    add(things, "r1", tags=["a", "b"], likes=["ann"])
    add(things, "r2", tags=["b"])
    add(things, "r3", tags=["a", "a", "c"])
    add(things, "r4")
    assert ids(read_by(things, by(things, "tags", "a"))) == ["r1", "r3"]
    assert ids(read_by(things, by(things, "tags", "b", backwards=True))) == ["r2", "r1"]
    assert ids(read_by(things, by(things, "likes", "ann"))) == ["r1"]
    assert read_by(things, by(things, "likes", "a")) == []
    both = Union((by(things, "tags", "c"), by(things, "tags", "a")))
    assert ids(read_by(things, both)) == ["r3", "r1"]


def test_edges_follow_their_record(engine: Engine, things: Collection) -> None:
    record = add(things, "r1", tags=["a", "b"])
    (record,) = write_together([Update(record, record.having(tags=["b", "c"]))])
    assert edges_of(engine, record) == {"R", "b", "c"}
    (record,) = write_together([Update(record, record.having(title="x", tags=[]))])
    assert edges_of(engine, record) == {"R"}
    (record,) = write_together([Update(record, record.having(tags=["a"], likes=["a"]))])
    write_together([Delete(record)])
    assert edges_of(engine, record) == set()


def test_only_what_changes_is_written(engine: Engine, things: Collection) -> None:
    engine.calls.reset()
    plain = add(things, "r1")
    write_together([Update(plain, plain.having(title="x"))])
    assert engine.calls.by_operation == {"PutItem": 2}
    record = add(things, "r2", tags=["a", "b"])
    engine.calls.reset()
    (record,) = write_together([Update(record, record.having(title="x"))])
    assert engine.calls.by_operation == {"PutItem": 1}
    faulty = engine.send = Faulty(engine.send)
    write_together([Update(record, record.having(tags=["b", "c"]))])
    ((_, asked),) = faulty.asked
    assert [list(each) for each in asked["TransactItems"]] == [["Put"], ["Put"], ["Delete"]]


def test_a_write_that_fails_leaves_no_edge(engine: Engine, things: Collection) -> None:
    record = add(things, "r1", tags=["a"])
    with pytest.raises(IdTaken):
        add(things, "r1", tags=["b"])
    write_together([Update(record, record.having(title="x"))])
    with pytest.raises(Conflict):
        write_together([Update(record, record.having(tags=["c"]))])
    assert edges_of(engine, record) == {"R", "a"}


def test_more_values_than_a_transaction_of_dynamodb_holds(engine: Engine, things: Collection) -> None:
    record = add(things, "r1", likes=[str(n) for n in range(120)])
    assert len(edges_of(engine, record)) == 121


@pytest.mark.usefixtures("short")
def test_more_values_than_a_transaction_holds(engine: Engine, things: Collection) -> None:
    record = add(things, "r1", likes=MANY)
    assert edges_of(engine, record) == {"R", *MANY}
    (record,) = write_together([Update(record, record.having(likes=MANY[:5]))])
    assert edges_of(engine, record) == {"R", *MANY[:5]}
    (record,) = write_together([Update(record, record.having(likes=MANY[10:]))])
    assert ids(read_by(things, by(things, "likes", MANY[25]))) == ["r1"]
    write_together([Delete(record)])
    assert edges_of(engine, record) == set()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("call", range(4))
@pytest.mark.parametrize("done_anyway", [False, True])
def test_a_record_that_is_there_has_all_its_edges(
    engine: Engine, things: Collection, call: int, done_anyway: bool
) -> None:
    """Wherever a write of very many values is cut off."""
    record = add(things, "r1", likes=MANY[:13], tags=["a"])
    send, calls = engine.send, iter(range(100))

    def cut_off(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if next(calls) != call:
            return send(operation, arguments)
        if done_anyway:
            send(operation, arguments)
        raise Unavailable("cut off")

    engine.send = cut_off
    with pytest.raises(Unavailable):
        write_together([Update(record, record.having(likes=MANY[12:], tags=["b"]))])
    engine.send = send
    (stored,) = read_by(things, by(things, "tags", "a")) or read_by(things, by(things, "tags", "b"))
    assert {*stored.get("likes"), *stored.get("tags")} <= edges_of(engine, stored)


def test_edges_that_are_left_over_lead_nowhere(engine: Engine, things: Collection) -> None:
    """Those of a record that is gone; one of a record that has changed is for the filter to see."""
    record = add(things, "r1", tags=["a"])
    faulty = engine.send = Faulty(engine.send)
    write_together([Delete(record)])
    add(things, "r2", tags=["a"])
    partition = keys.record_key(things.space, "r1")
    edge = {"pk": {"S": partition}, "sk": {"S": keys.edge_sort(things.columns[field_id(things)], "a")}}
    place = {
        "g1pk": {"S": keys.edge_key(things.space, things.columns[field_id(things)], "a")},
        "g1sk": {"S": "0"},
    }
    faulty("PutItem", {"TableName": engine.table, "Item": {**edge, **place}})
    assert ids(read_by(things, by(things, "tags", "a"))) == ["r2"]


def field_id(collection: Collection) -> str:
    return collection.field_by_name["tags"].id


def test_many_are_fetched_together_and_as_wanted(engine: Engine, things: Collection) -> None:
    for n in range(30):
        add(things, f"r{n:02}", tags=["a"])
    engine.calls.reset()
    found = read_by(things, by(things, "tags", "a"), first=50)
    assert ids(found) == [f"r{n:02}" for n in range(30)]
    assert engine.calls.by_operation == {"Query": 1, "BatchGetItem": 1}
    for position in (0, 13, 29):
        place = place_of(found[position], by(things, "tags", "a"))
        rest = read_by(things, by(things, "tags", "a"), after=place)
        assert rest == found[position + 1 :]
        back = read_by(things, by(things, "tags", "a", backwards=True), after=place)
        assert back == found[:position][::-1]


anything = st.text(st.characters(), max_size=5) | st.just("x" * 900)


@limits(max_examples=15)
@given(st.lists(st.lists(anything, max_size=4), min_size=1, max_size=5))
def test_any_text_is_found_and_no_other(engine: Engine, rows: list[list[str]]) -> None:
    things = make_indexed()
    before = [add(things, f"r{n}", likes=["old"]) for n, _ in enumerate(rows)]
    for record, values in zip(before, rows, strict=True):
        write_together([Update(record, record.having(likes=values))])
    for value in {"old", *(value for values in rows for value in values)}:
        expected = [f"r{n}" for n, values in enumerate(rows) if value in values]
        assert ids(read_by(things, by(things, "likes", value))) == expected


@pytest.mark.usefixtures("short")
def test_a_throttled_removal_afterwards_is_no_failure(engine: Engine, things: Collection) -> None:
    record = add(things, "r1", likes=MANY[:15], tags=["a"])
    engine.pause = lambda seconds: None
    engine.send = Faulty(engine.send, [Fault("TransactWriteItems", Busy("throttled"), times=100)])
    (record,) = write_together([Update(record, record.having(likes=[]))])
    assert edges_of(engine, record) == {"R", "a", *MANY[:15]}
    assert read_by(things, by(things, "tags", "a")) == [record]


@pytest.mark.usefixtures("short")
def test_edges_that_are_wanted_again_are_not_removed_afterwards(engine: Engine, things: Collection) -> None:
    """Between a write and the removal of what it gave up, somebody else takes it back."""
    record = add(things, "r1", likes=MANY[:15])
    bare = record.having(likes=[])
    send = engine.send

    def overtaken(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems":
            engine.send = send
            (stored,) = find_records(things, ["r1"]).values()
            write_together([Update(stored, stored.having(likes=MANY[:15]))])
        return send(operation, arguments)

    engine.send = overtaken
    write_together([Update(record, bare)])
    assert edges_of(engine, record) == {"R", *MANY[:15]}


def test_edges_go_with_a_write_that_takes_a_claim_which_was_left(engine: Engine) -> None:
    things = replace(make_indexed(), indexes=make_unique().indexes)
    left = add(things, "r1", title="a")
    write_together([Delete(replace(left, collection=replace(things, indexes=())))])
    record = add(things, "r2", title="a", tags=["a", "b"])
    assert edges_of(engine, record) == {"R", "a", "b"}


def make_unique() -> Collection:
    made = Collection.from_json(
        {
            "name": "things",
            "fields": [{"type": "text", "name": "title"}],
            "indexes": ["CREATE UNIQUE INDEX u ON things (title)"],
        }
    )
    return complete(made)
