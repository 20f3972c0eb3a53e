"""A plan finds what reading everything finds, in the order that is asked for, whatever is asked."""

from hypothesis import given, settings

from chalicelib.filters import (
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
    found = list(matching(plan.rest, source.read(things, plan.access), source))
    found = found if plan.in_order else ordered(found, plan.sort, source)
    expected = ordered(matching(node, source.records[things.id], source), sort, source)
    assert_same(found, expected, sort)
    suggest_index(node, sort, things)


def assert_same(found: list[Record], expected: list[Record], sort: Sort) -> None:
    """The same records in an order that the sort allows; where there is none, that of insertion."""
    assert sorted(record.id for record in found) == sorted(record.id for record in expected)
    assert [keys_of(record, sort) for record in found] == [keys_of(record, sort) for record in expected]
    if sort.is_insertion_order:
        assert found == expected
