"""Which fields a collection may have. Every case was asked of PocketBase."""

import pytest

from chalicelib.schema.collection import Collection
from tests.unit.schema.definitions import check_new

A = {"name": "a", "type": "text"}
FORMAT = "validation_match_invalid"
REQUIRED = "validation_required"

FIELD_NAMES = [
    ("title", None),
    ("NULL", None),
    ("Expand", None),
    ("rowid", None),
    ("constructor", None),
    ("1a", None),
    ("_", None),
    ("a" * 100, None),
    ("", REQUIRED),
    ("a" * 101, "validation_length_out_of_range"),
    ("a-b", FORMAT),
    ("a b", FORMAT),
    ("é", FORMAT),
    ("x_via_y", "validation_found_via"),
    ("null", "validation_not_in_invalid"),
    ("true", "validation_not_in_invalid"),
    ("_rowid_", "validation_not_in_invalid"),
    ("expand", "validation_not_in_invalid"),
    ("collectionId", "validation_not_in_invalid"),
    ("collectionName", "validation_not_in_invalid"),
    ("ID", "validation_duplicated_field_name"),
]


@pytest.mark.parametrize(("name", "code"), FIELD_NAMES)
def test_field_names(name, code):
    found = check_new({"name": "posts", "fields": [{"name": name, "type": "text"}]})
    assert found == ([f"fields.1.name {code}"] if code else [])


FIELDS = [
    (
        "the first duplicate alone",
        [{**A, "id": "1"}, {**A, "id": "2"}, {**A, "id": "3"}, {"name": "b b", "type": "text"}],
        ["fields.2.name validation_duplicated_field_name"],
    ),
    ("a long id", [{**A, "id": "x" * 101}], ["fields.1.id validation_length_out_of_range"]),
    (
        "a second primary key",
        [{**A, "primaryKey": True, "required": True, "pattern": "^x$"}],
        [
            "fields.0.primaryKey validation_unsupported_composite_pk",
            "fields.1.name validation_in_invalid",
            "fields.1.primaryKey validation_unsupported_composite_pk",
        ],
    ),
    (
        "relations",
        [
            {"name": n, "type": "relation", "collectionId": c}
            for n, c in (("a", "nope"), ("b", ""), ("c", "users"), ("d", "_pb_users_auth_"))
        ],
        [
            "fields.1.collectionId validation_field_relation_missing_collection",
            "fields.2.collectionId validation_required",
            "fields.3.collectionId validation_field_relation_missing_collection",
        ],
    ),
    (
        "options",
        [{**A, "min": -1}, {"name": "s", "type": "select"}],
        ["fields.1.min validation_min_greater_equal_than_required", "fields.2.values validation_required"],
    ),
]


@pytest.mark.parametrize(("fields", "expected"), [c[1:] for c in FIELDS], ids=[c[0] for c in FIELDS])
def test_fields(fields, expected):
    assert check_new({"name": "posts", "fields": fields}) == expected


def test_a_new_collection_cannot_refer_to_itself():
    fields = [{"name": "parent", "type": "relation", "collectionId": "mine"}]
    found = check_new({"id": "mine", "name": "posts", "fields": fields})
    assert found == ["fields.1.collectionId validation_field_relation_missing_collection"]


def test_a_relation_names_a_collection_by_its_id_also_a_view() -> None:
    def refer_to(collection_id: str) -> list[str]:
        view = Collection(id="pbc_seen", name="seen", type="view")
        fields = [{"name": "other", "type": "relation", "collectionId": collection_id}]
        return check_new({"name": "posts", "fields": fields}, [view])

    assert refer_to("seen") == ["fields.1.collectionId validation_field_relation_missing_collection"]
    assert refer_to("pbc_seen") == [
        "fields.1.collectionId validation_relation_field_non_view_base_collection"
    ]


def test_names_that_sign_in_uses_itself():
    fields = [{"name": name, "type": "text"} for name in ("oldPassword", "passwordConfirm", "b b")]
    reserved = [f"fields.{at}.name validation_reserved_field_name" for at in (1, 2)]
    assert check_new({"name": "members", "type": "auth", "fields": fields}) == reserved
    assert (
        check_new({"name": "members", "type": "auth", "fields": [{"name": "OLDPASSWORD", "type": "text"}]})
        == []
    )
    assert check_new({"name": "posts", "fields": fields[:2]}) == []
