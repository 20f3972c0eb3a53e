"""A unique index added to a collection with data: it holds for all records, or it is refused."""

from dataclasses import replace

import pytest

from chalicelib.collections import fill, settling
from chalicelib.collections.create import create_collection
from chalicelib.collections.fill import fill_indexes, finish_fill
from chalicelib.collections.load import get_collection
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.update import update_collection
from chalicelib.config import get_config
from chalicelib.errors import ValidationFailed
from chalicelib.schema.completion import complete
from chalicelib.storage.failures import NotUnique
from chalicelib.storage.records import find_by_unique, find_record, read_pages
from chalicelib.storage.transactions import Delete, Update, write_together
from tests.services.collections.stored import store, stored

POSTS = {"name": "posts", "fields": [{"name": "a", "type": "text"}, {"name": "j", "type": "json"}]}
ON_A = {"indexes": ["CREATE UNIQUE INDEX i ON posts (a)"]}


@pytest.fixture
def posts(patient):
    create_collection(POSTS)
    return patient


def test_values_that_are_there_are_taken(posts):
    for n in range(60):
        store("posts", f"record{n:09}", a=f"v{n}")
    update_collection("posts", ON_A)
    for taken in ("v0", "v50", "v59"):
        with pytest.raises(NotUnique):
            store("posts", "another00000001", a=taken)
    store("posts", "another00000001", a="free")
    collection = get_collection("posts")
    assert find_by_unique(collection, collection.indexes[0], ["v7"]).id == "record000000007"


def test_taken_values_can_be_given_up(posts):
    record = store("posts", "record000000001", a="x")
    update_collection("posts", ON_A)
    record = find_record(get_collection("posts"), record.id)
    (record,) = write_together([Update(record, record.having(a="y"))])
    store("posts", "record000000002", a="x")
    write_together([Delete(record)])
    store("posts", "record000000003", a="y")


REFUSED = [
    (["CREATE UNIQUE INDEX i ON posts (a)"], ["posts.a"]),
    (["CREATE UNIQUE INDEX i ON posts (a COLLATE NOCASE)"], ["posts.a"]),
    (
        [
            "CREATE INDEX h ON posts (a)",
            "CREATE UNIQUE INDEX i ON posts (a, id)",
            "CREATE UNIQUE INDEX j ON posts (a)",
        ],
        ["posts.a"],
    ),
]


@pytest.mark.parametrize(("indexes", "columns"), REFUSED)
def test_equal_values_are_refused_and_nothing_has_changed(posts, indexes, columns):
    before = [store("posts", f"record00000000{n}", a=a) for n, a in enumerate(("x", "X", "x", "y"))]
    definition = get_collection("posts")
    with pytest.raises(ValidationFailed) as refused:
        update_collection("posts", {"indexes": indexes})
    told = refused.value.data["indexes"]
    assert list(told) == [str(len(indexes) - 1)]
    assert f"constraint failed: UNIQUE constraint failed: {columns[0]} (2067)." in str(told)
    assert get_collection("posts") == definition
    assert [record.rev for record in stored("posts")] == [record.rev for record in before]
    store("posts", "record000000009", a="x")


ACCEPTED = ["(a) WHERE a = 'y'", "(j)", "(a, id)", "(a) WHERE j IS NOT NULL"]


@pytest.mark.parametrize("columns", ACCEPTED)
def test_what_the_index_does_not_concern_may_be_equal(posts, columns):
    for n, a in enumerate(("x", "x", "y")):
        store("posts", f"record00000000{n}", a=a)
    update_collection("posts", {"indexes": [f"CREATE UNIQUE INDEX i ON posts {columns}"]})
    store("posts", "record000000009", a="x")


def test_a_field_is_renamed_at_the_same_time(posts):
    store("posts", "record000000001", a="x")
    a_id = get_collection("posts").field_by_name["a"].id
    fields = [{"id": a_id, "name": "b", "type": "text"}]
    update_collection("posts", {"fields": fields, "indexes": ["CREATE UNIQUE INDEX i ON posts (b)"]})
    with pytest.raises(NotUnique):
        store("posts", "record000000002", b="x")


def test_an_index_dropped_and_added_again_forgets(posts):
    update_collection("posts", ON_A)
    record = store("posts", "record000000001", a="x")
    update_collection("posts", {"indexes": []})
    write_together([Update(record := find_record(get_collection("posts"), record.id), record.having(a="y"))])
    update_collection("posts", ON_A)
    store("posts", "record000000002", a="x")
    with pytest.raises(NotUnique):
        store("posts", "record000000003", a="y")


def test_too_many_records_are_refused(posts, monkeypatch):
    monkeypatch.setattr(fill, "MAX_RECORDS", 2)
    for n in range(3):
        store("posts", f"record00000000{n}", a=f"v{n}")
    with pytest.raises(ValidationFailed) as refused:
        update_collection("posts", ON_A)
    assert "more than 2 records" in str(refused.value.data)
    assert get_collection("posts").indexes == ()


def test_what_was_written_meanwhile_is_brought_under_it(posts):
    old = get_collection("posts")
    store(old, "record000000001", a="x")
    new = complete(old.merged_with(ON_A), old)
    filled = fill_indexes(old, new)
    store(old, "record000000002", a="late")
    store(old, "record000000003", a="x")
    save_change(lambda catalog: Change((new,)))
    finish_fill(filled)
    with pytest.raises(NotUnique):
        store("posts", "record000000004", a="late")
    held = find_by_unique(get_collection("posts"), new.indexes[0], ["x"])
    assert held.id == "record000000001"


def test_a_record_that_is_changed_while_it_is_filled(posts, monkeypatch):
    store("posts", "record000000001", a="x")
    interrupted = []

    def read_and_change(collection):
        for page in read_pages(collection):
            yield page
            if not interrupted:
                interrupted.append(page)
                write_together([Update(record, record.having(a="y")) for record in page])

    monkeypatch.setattr(fill, "read_pages", read_and_change)
    update_collection("posts", ON_A)
    with pytest.raises(NotUnique):
        store("posts", "record000000002", a="y")


def test_what_an_unaware_function_took_from_a_record_is_free(posts):
    changed, deleted = store("posts", "record000000001", a="A"), store("posts", "record000000002", a="D")
    old = get_collection("posts")
    update_collection("posts", ON_A)
    changed, deleted = find_record(old, changed.id), find_record(old, deleted.id)
    write_together([Update(changed, changed.having(a="B"))])
    write_together([Delete(deleted)])
    store("posts", "record000000003", a="A")
    store("posts", "record000000004", a="D")


def test_values_given_up_between_two_portions_are_free(posts, monkeypatch):
    for n in range(40):
        store("posts", f"record{n:09}", a=f"v{n}")
    old, portions = get_collection("posts"), []

    def racing(changes):
        portions.append(changes)
        if len(portions) == 2:
            for n in (0, 39):
                record = find_record(old, f"record{n:09}")
                write_together([Update(record, record.having(a=f"new{n}"))])
        return write_together(changes)

    monkeypatch.setattr(fill, "write_together", racing)
    update_collection("posts", ON_A)
    for n, free in enumerate(("v0", "v39")):
        store("posts", f"another{n:08}", a=free)
    for taken in ("new0", "new39", "v5"):
        with pytest.raises(NotUnique):
            store("posts", "another00000009", a=taken)


def test_what_is_written_until_everybody_knows_is_brought_under_it(posts, monkeypatch):
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=1))
    old, pauses = get_collection("posts"), []

    def write_unaware(seconds):
        pauses.append(seconds)
        store(old, "record000000001", a="late")

    posts.pause = write_unaware
    update_collection("posts", ON_A)
    assert pauses == [1 + settling.IN_FLIGHT]
    assert get_collection("posts").building == ()
    with pytest.raises(NotUnique):
        store("posts", "record000000002", a="late")


def test_nobody_waits_for_other_changes(posts, monkeypatch):
    monkeypatch.setattr(settling, "get_config", lambda: replace(get_config(), config_ttl=1))
    pauses = []
    posts.pause = pauses.append
    update_collection("posts", {"listRule": "", "name": "articles"})
    assert pauses == []
