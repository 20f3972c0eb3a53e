"""Two superusers at once: nothing is lost, and whoever cannot win is told."""

from dataclasses import replace

import pytest

from chalicelib.collections.create import create_collection, ensure_defaults
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.update import update_collection
from chalicelib.errors import NotFound, TooManyRequests, ValidationFailed


def interfering(decide, interfere, times=1):
    """A decision during which somebody else saves, the first `times` times."""
    seen = []

    def decision(catalog):
        seen.append(catalog)
        change = decide(catalog)
        if len(seen) <= times:
            interfere(len(seen))
        return change

    return decision


def allow_viewing(catalog):
    return Change((replace(catalog.find("users"), view_rule=""),))


def test_both_changes_are_kept(patient):
    save_change(interfering(allow_viewing, lambda n: update_collection("users", {"listRule": ""})))
    users = get_collection("users")
    assert (users.list_rule, users.view_rule) == ("", "")


def test_one_that_always_loses_is_told(patient):
    decision = interfering(
        allow_viewing, lambda n: update_collection("users", {"listRule": f"id = '{n}'"}), times=99
    )
    with pytest.raises(TooManyRequests):
        save_change(decision)
    assert get_collection("users").view_rule != ""


def test_a_name_is_taken_meanwhile(patient):
    create_collection({"name": "first"})
    before = len(get_catalog())

    def decide(catalog):
        if catalog.find("posts"):
            raise ValidationFailed
        return Change((replace(catalog.find("first"), name="posts"),))

    with pytest.raises(ValidationFailed):
        save_change(interfering(decide, lambda n: create_collection({"name": "posts"})))
    assert len(get_catalog()) == before + 1


def test_deleted_meanwhile(patient):
    create_collection({"name": "posts"})

    def decide(catalog):
        if not catalog.find("posts"):
            raise NotFound
        return Change((replace(catalog.find("posts"), list_rule=""),))

    with pytest.raises(NotFound):
        save_change(interfering(decide, lambda n: delete_collection("posts")))


def test_defaults_are_made_once(defaults):
    defaults.calls.reset()
    before = [collection.to_stored() for collection in get_catalog()]
    ensure_defaults()
    assert [collection.to_stored() for collection in get_catalog()] == before


def test_a_deleted_users_does_not_come_back(defaults):
    delete_collection("users")
    ensure_defaults()
    assert get_catalog().find("users") is None


def test_defaults_on_an_empty_table(engine):
    ensure_defaults()
    assert len(get_catalog()) == 6
    assert all(collection.created for collection in get_catalog())
