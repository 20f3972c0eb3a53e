"""Importing: what is kept, what goes, and that a failure leaves everything as it was."""

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.collections.import_many import import_collections
from chalicelib.collections.load import get_catalog, get_collection
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.storage.failures import NotUnique
from tests.services.collections.stored import store, stored

A = {"name": "a", "type": "text"}
B = {"name": "b", "type": "text"}
SYSTEM = ["_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers"]


def names():
    return [collection.name for collection in get_catalog()]


def field_names(name):
    return [field.name for field in get_collection(name).fields]


def test_new_ones_may_refer_to_each_other(patient):
    one = {"id": "one1", "name": "one", "fields": [{"name": "r", "type": "relation", "collectionId": "two1"}]}
    two = {"id": "two1", "name": "two", "listRule": "@collection.one.r != ''"}
    own = {"id": "own1", "name": "own", "fields": [{"name": "r", "type": "relation", "collectionId": "own1"}]}
    import_collections({"collections": [one, two, own]})
    assert names()[6:] == ["one", "two", "own"]


KEPT = [
    ({"name": "posts", "listRule": ""}, ["id", "a"]),
    ({"name": "POSTS", "listRule": ""}, ["id", "a"]),
    ({"name": "posts", "fields": [B]}, ["b", "id", "a"]),
    ({"name": "posts", "fields": [B, A]}, ["b", "a", "id"]),
    ({"name": "posts", "fields": None}, ["id", "a"]),
    ({"id": "posts1", "name": "posts", "fields": []}, ["id", "a"]),
]


@pytest.mark.parametrize(("definition", "expected"), KEPT)
def test_fields_that_are_not_named_are_kept(patient, definition, expected):
    create_collection({"id": "posts1", "name": "posts", "fields": [A]})
    import_collections({"collections": [definition]})
    assert field_names(definition["name"]) == expected
    assert get_collection("posts").id == "posts1"


def test_found_by_id_it_may_be_renamed(patient):
    create_collection({"id": "posts1", "name": "posts", "fields": [A]})
    import_collections({"collections": [{"id": "posts1", "name": "articles"}]})
    assert get_collection("articles").id == "posts1"


def test_what_is_not_named_goes_but_for_system_things(patient):
    create_collection({"name": "posts", "fields": [A]})
    create_collection({"name": "other"})
    other = get_collection("other")
    store("other", "record000000001")
    listed = [{"name": "posts", "fields": [B]}, {"name": "_mfas", "fields": []}]
    import_collections({"collections": listed, "deleteMissing": True})
    assert names() == [*SYSTEM, "posts"]
    assert field_names("posts") == ["b", "id"]
    assert field_names("_mfas") == ["id", "collectionRef", "recordRef", "method", "created", "updated"]
    assert stored(other) == []


def test_secrets_are_kept(patient):
    before = get_collection("users").auth.auth_token
    shown = get_collection("users").to_json()
    import_collections({"collections": [shown]})
    assert get_collection("users").auth.auth_token == before


def test_a_unique_index_is_filled(patient):
    create_collection({"name": "posts", "fields": [A]})
    store("posts", "record000000001", a="x")
    import_collections(
        {"collections": [{"name": "posts", "indexes": ["CREATE UNIQUE INDEX i ON posts (a)"]}]}
    )
    with pytest.raises(NotUnique):
        store("posts", "record000000002", a="x")


def failure(message):
    return {"collections": {"code": "validation_collections_import_failure", "message": message}}


def raw(reason):
    return failure(f"Failed to import the collections configuration. Raw error:\n{reason}.")


def taken(name, column):
    constraint = f"constraint failed: UNIQUE constraint failed: _collections.{column}"
    return raw(f'failed to save collection "{name}": {constraint}')


def invalid(name, collection_id, *lines):
    told = "\n".join(["{", *lines, "}"])
    return failure(f'Data validations failed for collection "{name}" ({collection_id}):\n{told}.')


POSTS_ID = "pbc_1125843985"
NAMELESS = invalid("", "pbc_3233087073", '  "name": "cannot be blank"')
NO_COLUMN = "Failed to create index i - SQL logic error: no such column: zzz (1)."

REFUSED = [
    (
        [{"name": "fine"}, {"name": "posts", "fields": [{"name": "b b", "type": "text"}]}],
        invalid(
            "posts",
            POSTS_ID,
            '  "fields": {',
            '    "1": {',
            '      "name": "must be in a valid format"',
            "    }",
            "  }",
        ),
    ),
    ([{}], NAMELESS),
    ([None], NAMELESS),
    (
        [{"name": "posts", "listRule": "zzz=1"}],
        invalid(
            "posts",
            POSTS_ID,
            r'  "listRule": "Invalid rule. Raw error: invalid left operand \"zzz\" - unknown field \"zzz\""',
        ),
    ),
    (
        [{"name": "_mfas", "listRule": ""}],
        invalid("_mfas", "pbc_2279338944", '  "listRule": "System collection API rule cannot be changed."'),
    ),
    (
        [{"id": "same", "name": "same"}],
        invalid("same", "same", '  "name": "The name must not match an existing collection id."'),
    ),
    ([{"name": "posts"}, {"name": "posts"}], taken("posts", "name (2067)")),
    ([{"id": "mine", "name": "users"}], taken("users", "name (2067)")),
    ([{"id": "mine", "name": "one"}, {"id": "mine", "name": "two"}], taken("two", "id (1555)")),
    (
        [{"name": "posts", "indexes": ["CREATE INDEX i ON posts (zzz)"]}],
        {"indexes": {"0": {"code": "validation_invalid_index_expression", "message": NO_COLUMN}}},
    ),
    ([{"name": 1}], raw("a string is expected")),
]


@pytest.mark.parametrize(("listed", "data"), REFUSED)
def test_refused_as_a_whole(patient, listed, data):
    before = [collection.to_stored() for collection in get_catalog()]
    with pytest.raises(ValidationFailed) as refused:
        import_collections({"collections": listed})
    assert (refused.value.message, refused.value.data) == ("Failed to import collections.", data)
    assert [collection.to_stored() for collection in get_catalog()] == before


@pytest.mark.parametrize("body", [{}, {"collections": []}, {"collections": None}, {"deleteMissing": True}])
def test_nothing_to_import(patient, body):
    with pytest.raises(ValidationFailed) as refused:
        import_collections(body)
    assert refused.value.message == "An error occurred while validating the submitted data."
    assert refused.value.data == {
        "collections": {"code": "validation_required", "message": "Cannot be blank."}
    }


@pytest.mark.parametrize(
    "body", [{"collections": "x"}, {"collections": [1]}, {"collections": {}, "deleteMissing": 1}]
)
def test_unreadable(patient, body):
    with pytest.raises(BadRequest, match="while loading the submitted data"):
        import_collections(body)


def test_more_than_a_transaction_holds(patient):
    before = len(names())
    with pytest.raises(BadRequest, match="at most 99 collections"):
        import_collections({"collections": [{"name": f"c{n}"} for n in range(100)]})
    assert len(names()) == before
