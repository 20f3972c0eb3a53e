"""A list, page by page and however it is read, is what filtering and sorting everything in memory gives.

Collections, indexes, records, filters and sorts are random; the table is DynamoDB's as moto plays it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings

from chalicelib import clock
from chalicelib.collections.load import get_catalog
from chalicelib.collections.save import Change, save_change
from chalicelib.filters import Scope, Sort, bind, bind_sort, matching, ordered, parse, parse_sort
from chalicelib.ids import random_text
from chalicelib.paging import PageRequest
from chalicelib.records import query
from chalicelib.records.query import list_records
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.changes import with_access
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.schema.slots import Shards
from tests.services.records.world import add, ask, collection
from tests.unit.filters.generated import (
    FIELDS,
    IDS,
    OTHERS_ID,
    TEXTS,
    THINGS_ID,
    World,
    keys_of,
    without_equals,
    worlds,
)

ID = {"name": "id", "type": "text", "primaryKey": True, "system": True}

BY_T = "CREATE INDEX by_t ON others (t)"


@pytest.fixture(scope="module", autouse=True)
def few_are_many() -> Iterator[None]:
    """Pages without totals go over from sorting to reading in order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "FIRST_PORTION", 2)
        yield


@pytest.mark.timeout(600)
@settings(max_examples=50)
@given(world=worlds())
def test_lists(start_anew: Callable[[], None], world: World) -> None:
    start_anew()
    store(world)
    root = ask(Record(collection("_superusers"), {"id": "testsuperuser01"}))
    expected, sort = read_in_memory(world, root)
    found = list(read_pages(world, root, len(expected)))
    assert sorted(record["id"] for record in found) == sorted(record.id for record in expected)
    by_id = {record.id: record for record in expected}
    wanted = [keys_of(record, sort) for record in expected]
    assert [keys_of(by_id[record["id"]], sort) for record in found] == wanted
    if sort.orders and sort.is_insertion_order:
        assert [record["id"] for record in found] == [record.id for record in expected]


def store(world: World) -> None:
    """The world's collections and records, each written like any other."""
    others = define(OTHERS_ID, "others", fields=[ID, {"name": "t", "type": "text"}], indexes=[BY_T])
    things = define(THINGS_ID, "things", fields=[ID, *FIELDS], indexes=list(world.indexes))
    most = len(world.records) % 3 + 1
    spread = replace(things, shards=Shards(most, most))
    save_change(lambda catalog: Change(put=(others, spread)))
    for id_, text in zip(IDS, TEXTS[1:], strict=False):
        add("others", id=id_, t=text)
    for at, values in enumerate(without_equals(collection("things"), world.records)):
        add("things", id=f"i{at}", **values)


def define(id_: str, name: str, **definition: object) -> Collection:
    made = Collection.from_json({"id": id_, "name": name, **definition})
    return with_access(replace(made, space=random_text(10)), None)


def read_in_memory(world: World, root: RequestInfo) -> tuple[list[Record], Sort]:
    """The answer of somebody who knows of no index."""
    bare = Catalog([replace(each, slots=(), edges=(), indexes=()) for each in get_catalog()])
    source = RelatedRecords(bare)
    things = bare.find("things")
    assert things is not None
    scope = Scope(things, bare, root, clock.now())
    node, sort = bind(parse(world.filter), scope), bind_sort(parse_sort(world.sort), scope)
    everything = list(source.everything(things))
    return ordered(matching(node, everything, source), sort, source), sort


def read_pages(world: World, root: RequestInfo, total: int) -> Iterator[dict[str, object]]:
    """All pages, with totals and without in turn."""
    for page in range(1, total // world.per_page + 2):
        skips = page % 2 == 0
        wanted = PageRequest(page, world.per_page, skips, world.sort, world.filter)
        answer = list_records("things", root, wanted)
        assert answer.total_items == (-1 if skips else total)
        assert len(answer.items) == min(world.per_page, max(total - wanted.first, 0))
        yield from answer.items
