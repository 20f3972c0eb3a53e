"""Advice can be taken: the index that is suggested is one that can be added, and the plan then uses it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings

from chalicelib.filters import (
    BySlot,
    Scope,
    Union,
    bind,
    bind_sort,
    make_plan,
    parse,
    parse_sort,
    suggest_index,
)
from chalicelib.filters.access import Access
from chalicelib.filters.suggest import suggest_anywhere
from chalicelib.request import RequestInfo
from chalicelib.schema.changes import with_access
from chalicelib.schema.collection import Collection
from chalicelib.schema.slots import BUILDING, MAX_SLOTS
from tests.unit.filters.conftest import NOW, define
from tests.unit.filters.generated import FIELDS, World, worlds
from tests.unit.filters.world import MemorySource

OTHERS = define(
    "others", {"name": "t", "type": "text"}, {"name": "s", "type": "relation", "collectionId": "cothers"}
)


def things_with(indexes: Sequence[str]) -> Scope:
    things = with_access(define("things", *FIELDS, indexes=list(indexes)), None)
    catalog = MemorySource([with_access(OTHERS, None), things]).catalog
    return Scope(things, catalog, RequestInfo(), NOW)


def advise(scope: Scope, filter_text: str, sort_text: str) -> str:
    node, sort = bind(parse(filter_text), scope), bind_sort(parse_sort(sort_text), scope)
    return suggest_index(node, sort, scope.collection)


def slots_in(access: Access) -> set[str]:
    parts = access.parts if isinstance(access, Union) else (access,)
    return {part.slot.index for part in parts if isinstance(part, BySlot)}


@settings(max_examples=300)
@given(worlds())
def test_advice_is_taken(world: World) -> None:
    scope = things_with(world.indexes)
    statements = [each for each in advise(scope, world.filter, world.sort).split("; ") if each]
    if len(scope.collection.slots) + len(statements) > MAX_SLOTS:
        return
    better = things_with([*world.indexes, *statements])
    added = {index.name for index in better.collection.indexes[len(world.indexes) :]}
    assert len(added) == len(statements)
    node, sort = bind(parse(world.filter), better), bind_sort(parse_sort(world.sort), better)
    plan = make_plan(node, sort, better.collection)
    used = slots_in(plan.access) | (slots_in(plan.otherwise.access) if plan.otherwise else set())
    assert added <= used
    further = suggest_index(node, sort, better.collection)
    assert not further or (not plan.in_order and plan.otherwise is None)
    assert not set(further.split("; ")) & set(statements)


@pytest.mark.parametrize(
    ("filter_text", "sort_text", "columns"),
    [
        ("n = 1", "", "`n`"),
        ("n = 1 && t = 'a'", "", "`n`, `t`"),
        ("n = 1", "-t", "`n`, `t`"),
        ("n = 1", "-t,-@rowid", "`n`, `t`"),
        ("", "t,@rowid", "`t`"),
        ("n > 1 && t = 'a'", "d", "`t`, `n`"),
        ("n > 1", "n,t", "`n`, `t`"),
        ("n > 1", "t", "`n`"),
        ("t ~ 'a%'", "", "`t` COLLATE NOCASE"),
    ],
)
def test_columns(filter_text: str, sort_text: str, columns: str) -> None:
    assert advise(things_with([]), filter_text, sort_text).endswith(f"ON `things` ({columns})")


@pytest.mark.parametrize(
    ("filter_text", "sort_text"),
    [("", ""), ("", "@rowid"), ("r = 'o1'", ""), ("t ~ 'a'", ""), ("n != 1", "-n,t")],
)
def test_nothing_to_add(filter_text: str, sort_text: str) -> None:
    assert advise(things_with([]), filter_text, sort_text) == ""


def test_a_name_that_is_taken_is_not_given_again() -> None:
    scope = things_with(["CREATE INDEX idx_things_n ON things (n) WHERE t = 'a'"])
    assert advise(scope, "n = 1", "").startswith("CREATE INDEX `idx_things_n_2` ")


def test_what_is_building_is_not_to_be_added_again() -> None:
    scope = things_with(["CREATE INDEX by_n ON things (n)"])
    assert advise(replace(scope, collection=_building(scope.collection)), "n = 1", "") == ""


def _building(collection: Collection) -> Collection:
    return replace(collection, slots=tuple(replace(slot, state=BUILDING) for slot in collection.slots))


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("r.t = 'a'", "CREATE INDEX `idx_others_t` ON `others` (`t`)"),
        ("r.s.t = 'a'", "CREATE INDEX `idx_others_t` ON `others` (`t`)"),
        ("rs.t ?= 'a'", "CREATE INDEX `idx_others_t` ON `others` (`t`)"),
        (
            "@collection.others.t ?= 'a' && @collection.others.s ?= u",
            "CREATE INDEX `idx_others_t` ON `others` (`t`); CREATE INDEX `idx_things_u` ON `things` (`u`)",
        ),
        ("r.t != 'a'", ""),
        ("r.t = 'a' && n = 1", "CREATE INDEX `idx_things_n` ON `things` (`n`)"),
    ],
)
def test_along_a_path(text: str, statement: str) -> None:
    scope = things_with([])
    node = bind(parse(text), scope)
    assert (
        suggest_anywhere(node, bind_sort(parse_sort(""), scope), scope.collection, scope.catalog) == statement
    )
