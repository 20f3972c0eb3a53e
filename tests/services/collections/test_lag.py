"""An index is added while the table's own indexes are some writes behind: it has every record."""

import time
from dataclasses import replace

import pytest

from chalicelib.collections import settling, small
from chalicelib.collections.backfill import find_work, run_some
from chalicelib.collections.create import create_collection
from chalicelib.collections.load import get_collection
from chalicelib.collections.update import update_collection
from chalicelib.config import get_config
from chalicelib.filters import ByEdge, BySlot, ByUnique
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import find_by_unique
from tests.services.collections.stored import store
from tests.storage.faults import Lagging
from tests.storage.indexed import read_by

TEXT = {"id": "t1", "name": "a", "type": "text"}
TAGS = {"id": "s1", "name": "tags", "type": "select", "values": ["x", "y"], "maxSelect": 1}
COUNT = 5


@pytest.fixture(params=[True, False], ids=["at once", "by a task"])
def lagging(defaults: Engine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Lagging:
    """Three writes behind, until somebody waits for functions to learn of a definition."""
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=0.01))
    monkeypatch.setattr(settling, "IN_FLIGHT", 0.0)
    monkeypatch.setattr(settling, "LONGEST_IN_FLIGHT", 0.0)
    monkeypatch.setattr(small, "MAX_AT_ONCE", COUNT if request.param else 1)
    behind = Lagging(defaults.send, behind=3)
    defaults.pause = lambda seconds: behind.catch_up()
    create_collection({"name": "posts", "fields": [TEXT, TAGS]})
    defaults.send = behind
    for n in range(COUNT):
        store("posts", f"record{n:09}", a=f"a{n}", tags="x")
    return behind


def finish(lagging: Lagging) -> list[str]:
    """All that is left to do, done by a runner who comes later; the ids that there have to be."""
    lagging.catch_up()
    for _ in range(100):
        if not find_work():
            break
        run_some(1000)
        time.sleep(0.02)
    lagging.catch_up()
    return [f"record{n:09}" for n in range(COUNT)]


def test_a_slot(lagging: Lagging) -> None:
    update_collection("posts", {"indexes": ["CREATE INDEX on_a ON posts (a)"]})
    expected = finish(lagging)
    collection = get_collection("posts")
    (slot,) = collection.ready_slots
    assert [record.id for record in read_by(collection, BySlot(slot))] == expected


def test_edges(lagging: Lagging) -> None:
    update_collection("posts", {"fields": [TEXT, {**TAGS, "maxSelect": 2}]})
    expected = finish(lagging)
    collection = get_collection("posts")
    (field,) = collection.ready_edges
    assert [record.id for record in read_by(collection, ByEdge(field, "x"))] == expected


def test_unique_values(lagging: Lagging) -> None:
    update_collection("posts", {"indexes": ["CREATE UNIQUE INDEX on_a ON posts (a)"]})
    expected = finish(lagging)
    collection = get_collection("posts")
    (index,) = collection.unique_indexes
    found = [find_by_unique(collection, index, [f"a{n}"]) for n in range(COUNT)]
    assert [record.id for record in found if record] == expected
    assert read_by(collection, ByUnique(index, ("a1",)))[0].id == expected[1]
