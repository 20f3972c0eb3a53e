"""Definitions in memory: how long they are trusted, what makes them be read again, who may replace them."""

from dataclasses import replace
from threading import Thread

import pytest

from chalicelib.collections import load
from chalicelib.collections.load import get_catalog, get_collection, is_stale, note_version
from chalicelib.collections.update import update_collection
from chalicelib.collections.view import view_collection
from chalicelib.errors import NotFound
from chalicelib.storage.collections import load_all, read_version, save_collections


def change_elsewhere(name, **changes):
    """As another function would: this one's memory knows nothing of it."""
    stored = load_all()
    (definition,) = (each for each in stored.definitions if each["name"] == name)
    return save_collections([{**definition, **changes}], [], stored.version)


@pytest.mark.parametrize("asked", ["users", "USERS", "_pb_users_auth_"])
def test_found_by_name_or_id(defaults, asked):
    assert get_collection(asked).name == "users"


@pytest.mark.parametrize("asked", ["", "zzz", "_PB_USERS_AUTH_", "users "])
def test_not_found(defaults, asked):
    with pytest.raises(NotFound, match="Missing collection context"):
        get_collection(asked)


def test_the_order_is_that_of_creation(defaults):
    names = ["_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers", "users"]
    assert [collection.name for collection in get_catalog()] == names


def test_memory_costs_nothing(defaults, warm):
    get_catalog()
    defaults.calls.reset()
    get_catalog()
    assert defaults.calls.total == 0


def test_old_memory_costs_one_call(defaults):
    get_catalog()
    defaults.calls.reset()
    get_catalog()
    assert defaults.calls.total == 1


def test_a_change_elsewhere_is_seen(defaults):
    get_catalog()
    change_elsewhere("users", listRule="id = 'x'")
    assert get_collection("users").list_rule == "id = 'x'"


def test_a_change_elsewhere_is_seen_when_its_version_is_told(defaults, warm):
    get_catalog()
    version = change_elsewhere("users", listRule="id = 'x'")
    assert get_collection("users").list_rule != "id = 'x'"
    note_version(version)
    assert get_collection("users").list_rule == "id = 'x'"


def test_the_version_that_is_held_costs_nothing(defaults, warm):
    get_catalog()
    version = read_version()
    defaults.calls.reset()
    note_version(version)
    assert defaults.calls.total == 0


def test_a_change_of_ones_own_is_seen_at_once_and_is_not_read_again(defaults, warm):
    get_catalog()
    defaults.calls.reset()
    update_collection("users", {"listRule": None})
    assert get_collection("users").list_rule is None
    assert defaults.calls.by_operation == {"GetItem": 1, "TransactWriteItems": 1}


def test_whoever_manages_collections_sees_what_others_did(defaults, warm):
    get_catalog()
    change_elsewhere("users", listRule="id = 'x'")
    assert view_collection("users")["listRule"] == "id = 'x'"
    change_elsewhere("users", listRule="id = 'y'")
    assert update_collection("users", {"viewRule": None})["listRule"] == "id = 'y'"


def test_what_is_not_in_memory_is_looked_for(defaults, warm):
    get_catalog()
    stored = load_all()
    save_collections([{**stored.definitions[0], "id": "new1", "name": "new"}], [], stored.version)
    assert get_collection("new").id == "new1"


def test_a_thread_that_saved_later_is_not_overwritten(defaults, warm):
    first = load.get_newest()
    update_collection("users", {"listRule": None})
    load.note_saved(replace(first, version="an earlier version"), first.version)
    assert get_collection("users").list_rule is None


def test_nothing_in_memory_is_stale(defaults, warm):
    load.forget()
    assert is_stale()
    get_catalog()
    assert not is_stale()


def test_threads_load_once(defaults, warm):
    load.forget()
    queries = []
    send = defaults.send

    def counting(operation, arguments):
        queries.append(operation)
        return send(operation, arguments)

    defaults.send = counting
    found = []
    threads = [Thread(target=lambda: found.append(len(get_catalog()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [6] * 8
    assert queries.count("Query") == 1
