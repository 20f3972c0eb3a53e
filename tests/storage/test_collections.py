"""Definitions, their version, and settings."""

import pytest

from chalicelib.storage.collections import Stored, load_all, read_version, save_collections, settings_write
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Conflict
from chalicelib.storage.settings import find_setting, save_setting
from chalicelib.storage.transactions import Create, write_together
from tests.storage.samples import POSTS, make_record


def ids() -> list[str]:
    return sorted(definition["id"] for definition in load_all().definitions)


def test_nothing_at_first(engine: Engine) -> None:
    assert load_all() == Stored()
    assert read_version() == ""


def test_definitions_come_back_in_one_query(engine: Engine) -> None:
    definitions = [{"id": f"c{n}", "name": "é" * 5000, "fields": [{"n": n}]} for n in range(20)]
    version = save_collections(definitions, [], "", [settings_write({"meta": {}})])
    engine.calls.reset()
    stored = load_all()
    assert sorted(stored.definitions, key=str) == sorted(definitions, key=str)
    assert (stored.settings, stored.version) == ({"meta": {}}, version)
    assert set(engine.calls.by_operation) == {"Query"}
    assert read_version() == version


def test_every_change_has_a_version(engine: Engine) -> None:
    first = save_collections([{"id": "a"}, {"id": "b"}], [], "")
    second = save_collections([{"id": "c"}], ["a"], first)
    assert first != second
    assert (ids(), read_version()) == (["b", "c"], second)


@pytest.mark.parametrize("stale", ["", "long ago"])
def test_the_slower_of_two_changes_is_refused(engine: Engine, stale: str) -> None:
    save_collections([{"id": "a"}], [], "")
    with pytest.raises(Conflict):
        save_collections([{"id": "b"}], ["a"], stale)
    assert ids() == ["a"]


def test_settings_and_records_are_no_collections(engine: Engine) -> None:
    save_collections([{"id": "a"}], [], "")
    save_setting("meta", {"appName": "Acme"})
    write_together([Create(make_record(POSTS, "a"))])
    assert ids() == ["a"]


def test_a_setting_is_replaced(engine: Engine) -> None:
    assert find_setting("meta") is None
    for value in ({"appName": "Acme"}, {"appName": "Beta"}, [], 0):
        save_setting("meta", value)
        assert find_setting("meta") == value
