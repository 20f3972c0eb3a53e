"""Which access a filter and a sort lead to."""

from dataclasses import replace

import pytest

from chalicelib.filters import (
    ALWAYS,
    NEVER,
    ById,
    ByUnique,
    InInsertionOrder,
    Scope,
    Sort,
    bind,
    bind_sort,
    make_plan,
    parse,
    parse_sort,
)
from tests.unit.filters.world import MemorySource

IDS = [
    ("id = 'a'", ("a",)),
    ("'a' = id", ("a",)),
    ("id = 'a' && title = 'x'", ("a",)),
    ("id = 'a' || id = 'b' || 'a' = id", ("a", "b")),
    ("(id = 'a' || id = 'b') && n > 1", ("a", "b")),
    ("(id = 'a' || id = 'b') && id = 'b'", ("b",)),
    ("id = @request.auth.id", ()),
    ("1 = 2", ()),
]
WHOLE = [
    "",
    "id != 'a'",
    "id ~ 'a'",
    "id > 'a'",
    "id = 'a' || title = 'x'",
    "id = 1",
    "author.id = 'a'",
    "n = 1",
]
UNIQUE = [
    ("name = 'ann'", True),
    ("name = 'ann' && boss = 'x'", True),
    ("name = ''", False),
    ("name = 1", False),
    ("name ~ 'ann'", False),
    ("boss.name = 'ann'", False),
    ("name = secret", False),
]
ORDERS = [("", False, True), ("@rowid", False, True), ("-@rowid", True, True), ("title", False, False)]
ORDERS += [("-@rowid,title", False, False), ("@random", False, False)]


@pytest.mark.parametrize(("text", "ids"), IDS)
def test_by_id(text: str, ids: tuple[str, ...], posts: Scope) -> None:
    plan = make_plan(bind(parse(text), posts), Sort(), posts.collection)
    assert plan.access == ById(ids)
    assert plan.in_order == (len(ids) <= 1)


@pytest.mark.parametrize("text", WHOLE)
def test_whole_collection(text: str, posts: Scope) -> None:
    node = bind(parse(text), posts)
    plan = make_plan(node, Sort(), posts.collection)
    assert (plan.access, plan.rest, plan.in_order) == (InInsertionOrder(), node, True)


@pytest.mark.parametrize(("text", "is_unique"), UNIQUE)
def test_by_unique_index(text: str, is_unique: bool, source: MemorySource, posts: Scope) -> None:
    people = source.collection("people")
    plan = make_plan(bind(parse(text), replace(posts, collection=people)), Sort(), people)
    assert plan.access == (ByUnique(people.indexes[0], ("ann",)) if is_unique else InInsertionOrder())


def test_a_partial_index_is_used_only_where_it_surely_holds(source: MemorySource, posts: Scope) -> None:
    people = replace(
        source.collection("people"),
        indexes=type(source.collection("people"))
        .from_json({**source.collection("people").to_json(), "indexes": [PARTIAL]})
        .indexes,
    )
    scope = replace(posts, collection=people)
    alone = make_plan(bind(parse("name = 'ann'"), scope), Sort(), people)
    known = make_plan(bind(parse("name = 'ann' && boss = 'x'"), scope), Sort(), people)
    assert isinstance(alone.access, InInsertionOrder)
    assert isinstance(known.access, ByUnique)


PARTIAL = "CREATE UNIQUE INDEX `i` ON `people` (`name`) WHERE `boss` = 'x'"


@pytest.mark.parametrize(("text", "backwards", "in_order"), ORDERS)
def test_order(text: str, backwards: bool, in_order: bool, posts: Scope) -> None:
    plan = make_plan(ALWAYS, bind_sort(parse_sort(text), posts), posts.collection)
    assert (plan.access, plan.in_order) == (InInsertionOrder(backwards), in_order)


def test_what_a_sort_asks_is_tested_too(posts: Scope) -> None:
    client = replace(posts, is_client=True)
    sort = bind_sort(parse_sort("author.name"), client)
    assert make_plan(ALWAYS, sort, posts.collection).rest == sort.where != ALWAYS
    assert make_plan(NEVER, sort, posts.collection).access == ById(())
