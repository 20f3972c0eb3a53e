"""A collection to migrate, and migrations of it."""

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.migrations import change_records as records
from chalicelib.migrations.run import Run, run_migration
from chalicelib.migrations.steps import change_collection, change_records, create_records, delete_records
from chalicelib.migrations.written import Migration
from chalicelib.storage.engine import Engine
from tests.services.collections.stored import store, stored

FIELDS = [{"name": "n", "type": "number"}, {"name": "note", "type": "text"}]
COUNT = 5


def one_more(values):
    """Not harmless when it is done twice: what is counted tells."""
    return {"n": values["n"] + 1}


def one_less(values):
    return {"n": values["n"] - 1}


def up():
    return (
        change_collection("posts", {"listRule": ""}),
        change_records("posts", one_more),
        create_records("posts", {"id": "made00000000001", "n": 100}),
    )


def down():
    return (
        delete_records("posts", "made00000000001"),
        change_records("posts", one_less),
        change_collection("posts", {"listRule": None}),
    )


COUNTING = Migration("0001_count", up, down)


@pytest.fixture
def posts(defaults: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Five records, numbered from 0, that are changed two at a time; nobody waits."""
    monkeypatch.setattr(records, "PORTION", 2)
    defaults.pause = lambda seconds: None
    create_collection({"name": "posts", "fields": FIELDS})
    for n in range(COUNT):
        store("posts", f"record{n:09}", n=n)
    return defaults


@pytest.fixture
def numbers(posts: Engine):
    """What the records count."""
    return lambda: sorted(record.values["n"] for record in stored("posts"))


@pytest.fixture
def carry_out(posts: Engine):
    """Carry a migration out; what was said."""

    def run(direction="up", migration=COUNTING):
        said: list[str] = []
        run_migration(Run(migration, direction, "a-backup", said.append))
        return said

    return run
