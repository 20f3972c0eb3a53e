"""Each step does what it says, and no harm when it is done again."""

import pytest

from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.migrations import steps
from chalicelib.migrations.failures import MigrationFailed
from chalicelib.storage.migrations import Progress
from tests.services.collections.stored import stored

TAGS = {"name": "tags", "type": "base", "fields": [{"name": "word", "type": "text", "required": True}]}
MADE = {"id": "made00000000001", "word": "red"}


def take(*wanted: steps.Step) -> None:
    """Each of them twice: as after a crash."""
    for step in wanted:
        for _ in range(2):
            step.run(Progress("0001_x"), lambda text: None)


def test_collections_are_made_changed_and_deleted(posts) -> None:
    take(steps.save_collections(TAGS))
    assert [field.name for field in get_collection("tags").fields] == ["word", "id"]
    take(steps.change_collection("tags", {"viewRule": ""}))
    assert get_collection("tags").view_rule == ""
    take(steps.save_collections({**TAGS, "fields": [{"name": "more", "type": "number"}]}))
    assert {field.name for field in get_collection("tags").fields} == {"id", "word", "more"}
    assert get_collection("tags").view_rule == ""
    take(steps.delete_collection("tags"))
    assert get_catalog().find("tags") is None


def test_fields_and_indexes_come_and_go(posts) -> None:
    index = "CREATE INDEX by_word ON posts (word)"
    take(steps.add_fields("posts", {"name": "word", "type": "text"}, {"name": "n", "type": "bool"}))
    take(steps.add_indexes("posts", index, "CREATE INDEX by_n ON posts (n)"))
    collection = get_collection("posts")
    assert [(field.name, field.type) for field in collection.fields][1:] == [
        ("n", "number"),
        ("note", "text"),
        ("word", "text"),
    ]
    assert [each.name for each in collection.indexes] == ["by_word", "by_n"]
    take(steps.remove_indexes("posts", "by_n"))
    take(steps.remove_fields("posts", "word", "never"))
    assert get_collection("posts").indexes == ()
    assert list(get_collection("posts").field_by_name) == ["id", "n", "note"]


def test_records_are_made_and_deleted(posts) -> None:
    take(steps.save_collections(TAGS), steps.create_records("tags", MADE))
    assert [record.values for record in stored("tags")] == [MADE]
    take(steps.delete_records("tags", "made00000000001", "never0000000001"))
    assert stored("tags") == []


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (
            steps.save_collections({"name": "a", "type": "base", "listRule": "nope = 1"}),
            "(?s)collections: .*unknown field",
        ),
        (steps.change_collection("posts", {"listRule": "nope = 1"}), "listRule: Invalid rule"),
        (steps.change_collection("nowhere", {"listRule": ""}), "wasn't found"),
        (steps.add_fields("nowhere", {"name": "x", "type": "text"}), "there is no collection nowhere"),
        (steps.add_indexes("posts", "CREATE INDEX x ON posts (nope)"), "indexes.0: "),
        (steps.delete_collection("users"), None),
        (steps.delete_collection("_superusers"), "Failed to delete collection"),
        (steps.create_records("nowhere", MADE), "Missing or invalid collection"),
        (steps.create_records("posts", {"id": "short"}), "id: Must be at least 15"),
        (steps.change_records("nowhere", dict), "nowhere: Missing collection"),
    ],
)
def test_what_the_services_refuse_is_told(posts, step, says) -> None:
    if says is None:
        take(step)
        assert get_catalog().find("users") is None
        return
    with pytest.raises(MigrationFailed, match=says):
        take(step)


def test_a_password_is_stored_as_a_hash_and_ends_all_sessions(posts) -> None:
    someone = {"id": "someone00000001", "email": "ada@example.com", "password": "first secret"}
    take(steps.create_records("users", {**someone, "passwordConfirm": "first secret"}))
    (before,) = stored("users")
    take_once = steps.change_records("users", second_password)
    take_once.run(Progress("0001_x"), lambda text: None)
    (after,) = stored("users")
    assert after.values["password"] not in ("second secret", before.values["password"])
    assert after.values["tokenKey"] != before.values["tokenKey"]


def second_password(values):
    return {"password": "second secret", "passwordConfirm": "second secret"}


def test_a_record_that_is_not_there_cannot_be_referred_to(posts) -> None:
    relation = {"name": "owner", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1}
    take(steps.add_fields("posts", relation))
    step = steps.change_records("posts", lambda values: {"owner": "nobody000000001"})
    with pytest.raises(MigrationFailed, match=r"posts record000000000: owner: .* relation records"):
        take(step)
    assert {record.values["owner"] for record in stored("posts")} == {""}


def test_what_a_function_raises_names_the_record(posts) -> None:
    def stumble(values):
        if values["n"] == 1:
            raise KeyError("nope")

    with pytest.raises(MigrationFailed) as failed:
        take(steps.change_records("posts", stumble))
    said = str(failed.value)
    assert "posts record000000001: stumble raised KeyError: 'nope' (test_steps.py, line " in said


def test_how_far_it_is_is_told(posts, monkeypatch) -> None:
    monkeypatch.setattr("chalicelib.migrations.change_records.TELL_EVERY", 2)
    said: list[str] = []
    steps.change_records("posts", lambda values: {"note": "x"}).run(Progress("0001_x"), said.append)
    assert said[0] == "    2 records"
