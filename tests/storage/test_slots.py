"""Reading through a slot: what is found is what a look at every record finds, in the slot's order."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from chalicelib.filters import ALWAYS, Bound, BySlot, InInsertionOrder, Place, Plan, Sort, Union
from chalicelib.filters.sql_text import order_of, to_sql
from chalicelib.schema.collection import Collection
from chalicelib.schema.index_values import collate
from chalicelib.schema.record import Record
from chalicelib.schema.slots import Slot
from chalicelib.storage import items
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.engine import Engine
from chalicelib.storage.places import place_of
from chalicelib.storage.records import read
from chalicelib.storage.slot_keys import whole_sort
from chalicelib.storage.transactions import Delete, Update, write_together
from tests.storage.indexed import add, make_indexed, read_by, slot_on

LONG = "long " * 250
TITLES = (
    "",
    "a",
    "A",
    "ab",
    "b",
    "\x00",
    "\x01",
    "a\x00",
    "a\x01b",
    "é",
    "\U0010ffff",
    LONG,
    LONG + "b",
    LONG + "a",
)
titles = (
    st.sampled_from(TITLES)
    | st.text(max_size=4)
    | st.builds(lambda head, tail: head * 700 + tail, st.sampled_from("aé€😀"), st.text(max_size=3))
)
sizes = st.sampled_from([0, -1, 1, 1.5, -1e-9, 1e300, -1e300, 2**53 - 1]) | st.integers(-5, 5)
things = st.fixed_dictionaries(
    {
        "title": titles,
        "size": sizes,
        "done": st.booleans(),
        "due": st.sampled_from(["", "2024-01-02 03:04:05.006Z", "2024-01-02 03:04:05.007Z"]),
        "owner": st.sampled_from(["", "ann", "bob"]),
    }
)
INDEXES = (
    "(title)",
    "(title COLLATE NOCASE)",
    "(size)",
    "(owner, title, size)",
    "(done, due DESC, title COLLATE RTRIM)",
    "(title, size) WHERE done = true",
)
RANGES: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def values_in(slot: Slot, record: Record) -> list[Any]:
    """A record's columns, as they are compared."""
    return [order_of(collate(to_sql(record.get(each.name)), each.collate)) for each in slot.columns]


def in_order(slot: Slot, records: list[Record]) -> list[str]:
    """What is in a slot, in its order."""
    found = [record for record in records if slot.applies_to(record.values)]
    return [each.id for each in sorted(found, key=lambda each: (values_in(slot, each), each.rowid))]


def fill(collection: Collection, rows: list[dict[str, Any]]) -> list[Record]:
    return [add(collection, f"r{n}", **row) for n, row in enumerate(rows)]


@limits(max_examples=60)
@given(st.sampled_from(INDEXES), st.lists(things, max_size=12), st.integers(1, 3), st.booleans())
@example("(title)", [{"title": title, "done": True} for title in TITLES], 1, False)
@example("(owner, title, size)", [{"title": LONG + str(n % 3), "size": -n} for n in range(9)], 2, True)
def test_the_whole_slot_is_read_in_order(
    engine: Engine, index: str, rows: list[dict[str, Any]], shards: int, backwards: bool
) -> None:
    collection = make_indexed(index, shards=shards)
    records = fill(collection, rows)
    slot = collection.slots[0]
    found = [each.id for each in read_by(collection, BySlot(slot, backwards=backwards), first=4)]
    expected = in_order(slot, records)
    assert found == (expected[::-1] if backwards else expected)


@limits(max_examples=80)
@given(st.data(), st.sampled_from(INDEXES), st.lists(things, min_size=1, max_size=12))
def test_a_stretch_is_what_a_look_at_every_record_finds(
    engine: Engine, data: st.DataObject, index: str, rows: list[dict[str, Any]]
) -> None:
    """Records whose texts are cut may come along: they are tested again, as everything is."""
    collection = make_indexed(index)
    records = fill(collection, rows)
    slot = collection.slots[0]
    chosen = data.draw(st.sampled_from(records))
    count = data.draw(st.integers(0, len(slot.columns)))
    equal = tuple(to_sql(chosen.get(name)) for name in slot.column_names[:count])
    tests: list[Callable[[list[Any]], bool]] = []
    bounds: dict[str, Bound] = {}
    if count < len(slot.columns):
        column = slot.columns[count]
        for end, operators in (("low", (">", ">=")), ("high", ("<", "<="))):
            if operator := data.draw(st.sampled_from((None, *operators))):
                value = to_sql(data.draw(st.sampled_from(records)).get(column.name))
                bounds[end] = Bound(value, inclusive="=" in operator)
                compared = order_of(collate(value, column.collate))
                tests.append(lambda own, o=operator, c=compared: RANGES[o](own[count], c))
    wanted = values_in(slot, chosen)[:count]
    expected = [
        each
        for each in in_order(slot, records)
        if (own := values_in(slot, records[int(each[1:])]))[:count] == wanted and all(t(own) for t in tests)
    ]
    found = [each.id for each in read_by(collection, BySlot(slot, equal, **bounds))]
    assert [each for each in found if each in expected] == expected
    extra = {records[int(each[1:])].get("title")[:100] for each in found if each not in expected}
    assert all(len(each) == 100 for each in extra)


@pytest.mark.parametrize(
    ("index", "prefix", "expected"),
    [
        ("(title)", "ab", ["ab", "abc"]),
        ("(title COLLATE NOCASE)", "aB", ["AB", "ab", "abc"]),
        ("(title)", LONG, [LONG, LONG + "x"]),
        ("(title)", LONG + "x", [LONG, LONG + "x"]),
        ("(title)", "\U0010ffff", ["\U0010ffff", "\U0010ffff\U0010ffff\U0010ffff"]),
        ("(title)", "zz", []),
    ],
)
def test_a_prefix_is_a_stretch(engine: Engine, index: str, prefix: str, expected: list[str]) -> None:
    """One that is longer than a key finds what is the same as far as a key goes: it is tested again."""
    collection = make_indexed(index)
    titles = ["aa", "AB", "ab", "abc", "ac", "", LONG, LONG + "x", "\U0010ffff", "\U0010ffff" * 3]
    fill(collection, [{"title": title} for title in titles])
    found = read_by(collection, BySlot(collection.slots[0], prefix=prefix))
    assert sorted(each.get("title") for each in found) == sorted(expected)


def test_an_equal_prefix_of_columns_then_a_range_then_the_order(engine: Engine) -> None:
    collection = make_indexed("(owner, done, size)")
    fill(collection, [{"owner": who, "done": True, "size": n} for n in (3, 1, 2, -4) for who in ("ann", "b")])
    slot = slot_on(collection, "owner", "done", "size")
    engine.calls.reset()
    found = read_by(collection, BySlot(slot, ("ann", 1), low=Bound(1, inclusive=False), backwards=True))
    assert [each.get("size") for each in found] == [3, 2]
    assert engine.calls.by_operation == {"Query": 1}


def test_nothing_lies_between_bounds_that_cross(engine: Engine) -> None:
    collection = make_indexed("(size)")
    fill(collection, [{"size": 1}])
    access = BySlot(collection.slots[0], low=Bound(3, inclusive=True), high=Bound(2, inclusive=True))
    assert read_by(collection, access) == []


def test_a_record_is_where_its_values_put_it(engine: Engine) -> None:
    collection = make_indexed("(title) WHERE size > 0")
    slot = slot_on(collection, "title")
    record = add(collection, "r1", title="a", size=1)
    assert read_by(collection, BySlot(slot, ("a",))) == [record]
    (record,) = write_together([Update(record, record.having(title="b"))])
    assert read_by(collection, BySlot(slot)) == [record]
    (record,) = write_together([Update(record, record.having(size=0))])
    assert read_by(collection, BySlot(slot)) == []
    (record,) = write_together([Update(record, record.having(size=2))])
    assert read_by(collection, BySlot(slot, ("b",))) == [record]
    write_together([Delete(record)])
    assert read_by(collection, BySlot(slot)) == []


def test_a_plain_record_is_one_conditional_write(engine: Engine) -> None:
    collection = make_indexed("(title)", "(size)", "(due)")
    record = add(collection, "r1", title="a")
    write_together([Update(record, record.having(title="b"))])
    assert engine.calls.by_operation == {"PutItem": 2}


def test_large_records_are_fetched_together(engine: Engine) -> None:
    collection = make_indexed("(size)")
    large = "".join(map(chr, range(40, 40 + items.LARGE)))
    records = fill(collection, [{"size": n, "title": large} for n in range(5)])
    engine.calls.reset()
    assert read_by(collection, BySlot(slot_on(collection, "size"))) == records
    assert engine.calls.by_operation == {"Query": 1, "BatchGetItem": 1}


def test_a_union_gives_each_record_once(engine: Engine) -> None:
    collection = make_indexed("(title)", "(size)")
    fill(collection, [{"title": "a", "size": 1}, {"title": "a", "size": 2}, {"title": "b", "size": 1}])
    parts = BySlot(slot_on(collection, "title"), ("a",)), BySlot(slot_on(collection, "size"), (1,))
    assert [each.id for each in read_by(collection, Union(parts))] == ["r0", "r1", "r2"]


def test_the_budget_ends_a_read(engine: Engine) -> None:
    collection = make_indexed("(size)")
    fill(collection, [{"size": n} for n in range(5)])
    plan = Plan(BySlot(slot_on(collection, "size")), ALWAYS, Sort(), in_order=True)
    with pytest.raises(BudgetExceeded):
        list(read(collection, plan, Budget(4)))


@limits(max_examples=40)
@given(
    st.sampled_from(["(title)", "(owner, title, size)"]),
    st.lists(things, min_size=1, max_size=9),
    st.integers(1, 2),
    st.booleans(),
)
@example("(title)", [{"title": LONG + str(n % 3)} for n in range(8)], 1, False)
@example("(title)", [{"title": LONG + str(n % 3)} for n in range(8)], 1, True)
def test_any_place_can_be_gone_on_from(
    engine: Engine, index: str, rows: list[dict[str, Any]], shards: int, backwards: bool
) -> None:
    collection = make_indexed(index, shards=shards)
    fill(collection, rows)
    access = BySlot(collection.slots[0], backwards=backwards)
    found = read_by(collection, access)
    for position, record in enumerate(found):
        place = place_of(record, access)
        assert place == Place(whole_sort(access.slot, record), record.id)
        assert read_by(collection, access, after=place) == found[position + 1 :]


def test_shards_that_were_used_are_read_for_ever(engine: Engine) -> None:
    four = make_indexed("(size)", shards=4)
    fill(four, [{"size": n % 5} for n in range(12)])
    one = replace(four, shards=four.shards.changed_to(1))
    add(one, "last", size=2)
    found = read_by(one, BySlot(slot_on(one, "size")))
    assert [each.get("size") for each in found] == sorted(each.get("size") for each in found)
    assert len(found) == 13


def test_a_record_that_moves_to_another_shard_while_it_is_read_comes_once(engine: Engine) -> None:
    one = make_indexed("(size)")
    for number in range(12):
        add(one, f"r{number:014}", size=number)
    four = replace(one, shards=one.shards.changed_to(4))
    send = engine.send

    def moving(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = send(operation, arguments)
        if operation == "Query" and engine.send is moving:
            engine.send = send
            for record in [replace(each, collection=four) for each in read_by(one, InInsertionOrder())]:
                write_together([Update(record, record)])
        return answer

    engine.send = moving
    found = [record.id for record in read_by(four, InInsertionOrder())]
    assert len(found) == len(set(found))
