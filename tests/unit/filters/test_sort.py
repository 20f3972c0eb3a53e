"""Sorts: what may be written, and the order that comes of it."""

from dataclasses import replace

import pytest

from chalicelib.filters import FilterError, Scope, bind_sort, ordered, parse_sort
from chalicelib.filters.sort import MAX_KEY_LENGTH, MAX_KEYS
from chalicelib.schema.catalog import Catalog
from tests.unit.filters.world import MemorySource

ORDERED = [
    ("", "p1 p2 p3"),
    ("title", "p2 p1 p3"),
    ("-title", "p3 p1 p2"),
    ("n", "p1 p2 p3"),
    ("-n", "p2 p3 p1"),
    ("-n,-title", "p3 p2 p1"),
    ("author.boss.name,-title", "p1 p2 p3"),
    ("-tags.name", "p1 p2 p3"),
    ("@rowid", "p1 p2 p3"),
    ("-@rowid", "p3 p2 p1"),
    (" -title , n ", "p3 p1 p2"),
]
REFUSED = [
    "nosuch",
    "author.nosuch",
    "-",
    "--title",
    "+-title",
    "title,",
    "@now",
    "@request.auth.id",
    "n" * 256,
]


@pytest.mark.parametrize(("text", "ids"), ORDERED)
def test_order(text: str, ids: str, posts: Scope, source: MemorySource) -> None:
    sort = bind_sort(parse_sort(text), posts)
    found = ordered(reversed(source.records["cposts"]), sort, source)
    assert " ".join(record.id for record in found) == ids


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str, posts: Scope) -> None:
    with pytest.raises(FilterError):
        bind_sort(parse_sort(text), posts)


def test_limits() -> None:
    assert len(parse_sort(",".join(["a"] * MAX_KEYS)).orders) == MAX_KEYS
    assert parse_sort("a" * MAX_KEY_LENGTH).orders
    with pytest.raises(FilterError):
        parse_sort(",".join(["a"] * (MAX_KEYS + 1)))


def test_random_order_differs(posts: Scope, source: MemorySource) -> None:
    for number in range(50):
        source.add("posts", id=f"r{number}")
    sort = bind_sort(parse_sort("@random"), posts)
    orders = {
        tuple(record.id for record in ordered(source.records["cposts"], sort, source)) for _ in range(5)
    }
    assert len(orders) == 5


def test_related_records_are_asked_for_at_once(posts: Scope, source: MemorySource) -> None:
    ordered(source.records["cposts"], bind_sort(parse_sort("author.name"), posts), source)
    assert source.asked[0] == ("ids", "people", "ann", "bob", "cid")


PATH = "author.posts_via_author.author.posts_via_author.author.posts_via_author.title"


@pytest.mark.parametrize("list_rule", ["", "name = 'nosuch'", "name != 'bob'"])
def test_what_many_records_share_is_looked_at_once(
    list_rule: str, posts: Scope, source: MemorySource
) -> None:
    source.records["cposts"].clear()
    for number in range(150):
        source.add("posts", id=f"x{number}", title=f"{number % 10}", author=("ann", "bob")[number % 2])
    people = replace(source.collection("people"), list_rule=list_rule)
    catalog = Catalog([people, *(each for each in source.catalog if each.name != "people")])
    client = replace(posts, catalog=catalog, is_client=True)
    found = ordered(source.records["cposts"], bind_sort(parse_sort(f"-{PATH},{PATH}"), client), source)
    assert [record.id for record in found[:2]] == ["x1", "x3"]
    assert source.trials.count < 5000
