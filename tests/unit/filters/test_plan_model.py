"""A plan finds what reading everything finds, in the order that is asked for, whatever is asked."""

from dataclasses import replace

import pytest
from hypothesis import Phase, find, given, settings

from chalicelib.filters import (
    BySlot,
    Plan,
    Scope,
    Sort,
    bind,
    bind_sort,
    make_plan,
    matching,
    ordered,
    parse,
    parse_sort,
    suggest_index,
)
from chalicelib.request import RequestInfo
from chalicelib.schema.changes import with_access
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from tests.unit.filters.conftest import NOW, define
from tests.unit.filters.generated import FIELDS, IDS, TEXTS, World, keys_of, without_equals, worlds
from tests.unit.filters.world import MemorySource


def built(world: World) -> MemorySource:
    others = define("others", {"name": "t", "type": "text"})
    things = define("things", *FIELDS, indexes=list(world.indexes))
    source = MemorySource([with_access(others, None), with_access(things, None)])
    for id_, text in zip(IDS, TEXTS[1:], strict=False):
        source.add("others", id=id_, t=text)
    for at, values in enumerate(without_equals(source.collection("things"), world.records)):
        source.add("things", id=f"i{at}", **values)
    return source


@settings(max_examples=400)
@given(worlds())
def test_through_any_plan(world: World) -> None:
    source = built(world)
    things = source.collection("things")
    scope = Scope(things, source.catalog, RequestInfo(), NOW)
    node, sort = bind(parse(world.filter), scope), bind_sort(parse_sort(world.sort), scope)
    plan = make_plan(node, sort, things)
    found = carry_out(plan, source, things)
    expected = ordered(matching(node, source.records[things.id], source), sort, source)
    assert_same(found, expected, sort)
    if plan.otherwise is not None:
        assert carry_out(plan.otherwise, source, things) == found
    suggest_index(node, sort, things)


def carry_out(plan: Plan, source: MemorySource, things: Collection) -> list[Record]:
    found = list(matching(plan.rest, source.read(things, plan.access), source))
    return found if plan.in_order else ordered(found, plan.sort, source)


def kinds_of(plan: Plan) -> set[str]:
    """What is worth being tried: ways to read, and what of a slot is used."""
    kinds = {type(plan.access).__name__, "in order" if plan.in_order else "to be sorted"}
    access = plan.access
    if isinstance(access, BySlot):
        left = len(access.slot.columns) - len(access.equal)
        kinds |= {"equal"} if access.equal else set()
        kinds |= {"range"} if access.low or access.high else set()
        kinds |= {"both ends"} if access.low and access.high else set()
        kinds |= {"prefix"} if access.prefix else set()
        kinds |= {"equal, range, in order"} if access.equal and left and plan.in_order else set()
        kinds |= {"backwards"} if access.backwards else set()
        kinds |= {"partial"} if access.slot.condition else set()
    return kinds | ({"otherwise"} if plan.otherwise else set())


KINDS = {"ById", "ByUnique", "ByEdge", "BySlot", "Union", "InInsertionOrder", "in order", "to be sorted"}
KINDS |= {
    "equal",
    "range",
    "both ends",
    "prefix",
    "equal, range, in order",
    "backwards",
    "partial",
    "otherwise",
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_plan_is_tried(kind: str) -> None:
    search = settings(max_examples=3000, derandomize=True, phases=[Phase.generate], database=None)
    assert find(worlds(), lambda world: kind in kinds_of(planned(world)), settings=search)


def planned(world: World) -> Plan:
    source = built(replace(world, records=()))
    things = source.collection("things")
    scope = Scope(things, source.catalog, RequestInfo(), NOW)
    return make_plan(bind(parse(world.filter), scope), bind_sort(parse_sort(world.sort), scope), things)


def assert_same(found: list[Record], expected: list[Record], sort: Sort) -> None:
    """The same records in an order that the sort allows; where there is none, in any."""
    assert sorted(record.id for record in found) == sorted(record.id for record in expected)
    assert [keys_of(record, sort) for record in found] == [keys_of(record, sort) for record in expected]
    if sort.orders and sort.is_insertion_order:
        assert found == expected
