"""Which definitions may be saved, and what is said of the others. Every case was asked of PocketBase."""

import pytest

from chalicelib.schema.completion import complete
from chalicelib.schema.system import default_collections
from tests.unit.schema.definitions import check_change, check_new, saved

A = {"name": "a", "type": "text"}
FORMAT = "validation_match_invalid"
REQUIRED = "validation_required"

NAMES = [
    ("posts", None),
    ("1abc", None),
    ("_x", None),
    ("_", None),
    ("a" * 255, None),
    ("null", None),
    ("collections", None),
    ("pbc_1", None),
    ("_logs", None),
    ("", REQUIRED),
    ("a" * 256, "validation_length_out_of_range"),
    ("a b", FORMAT),
    (" ", FORMAT),
    ("é", FORMAT),
    ("a-b", FORMAT),
    ("a.b", FORMAT),
    ("@x", FORMAT),
    ("a\n", FORMAT),
    ("a_via_b", "validation_found_via"),
    ("_VIA_", "validation_found_via"),
    ("a b_via_", "validation_found_via"),
    ("users", "validation_collection_name_exists"),
    ("USERS", "validation_collection_name_exists"),
    ("_mfas", "validation_collection_name_exists"),
    ("_pb_users_auth_", "validation_collection_name_id_duplicate"),
    ("_params", "validation_collection_name_invalid"),
    ("_COLLECTIONS", "validation_collection_name_invalid"),
]


@pytest.mark.parametrize(("name", "code"), NAMES)
def test_names(name, code):
    assert check_new({"name": name}) == ([f"name {code}"] if code else [])


IDS = [
    ("abc", None),
    ("a" * 100, None),
    ("posts", None),
    ("a" * 101, "validation_length_out_of_range"),
    ("a b", FORMAT),
    ("../x", FORMAT),
    ("_pb_users_auth_", "validation_invalid_or_existing_id"),
]


@pytest.mark.parametrize(("given", "code"), IDS)
def test_ids(given, code):
    assert check_new({"id": given, "name": "posts"}) == ([f"id {code}"] if code else [])


TYPES = [
    ("zzz", ["type validation_in_invalid"]),
    ("view", ["fields validation_required", "viewQuery validation_required"]),
    ("base", []),
    ("auth", []),
]


@pytest.mark.parametrize(("kind", "expected"), TYPES)
def test_types(kind, expected):
    assert check_new({"name": "posts", "type": kind}) == expected


OLD = saved(
    {
        "id": "posts1",
        "name": "posts",
        "fields": [
            {"name": "s", "type": "text", "system": True},
            {**A, "id": "a1"},
            {"name": "r", "type": "relation", "collectionId": "_pb_users_auth_"},
        ],
        "indexes": ["CREATE UNIQUE INDEX one ON posts (s)"],
    }
)
ID, S, A1, R = (field.to_json() for field in OLD.fields)

CHANGES = [
    ("nothing", {}, []),
    ("another name", {"name": "articles"}, []),
    ("the same name in another case", {"name": "POSTS"}, []),
    ("its own id as name", {"name": "posts1"}, ["name validation_collection_name_id_duplicate"]),
    ("no name", {"name": None}, ["name validation_required"]),
    ("a taken name", {"name": "USERS"}, ["name validation_collection_name_exists"]),
    ("unknown type", {"type": "zzz"}, ["type validation_in_invalid"]),
    (
        "to a view",
        {"type": "view"},
        [
            "indexes validation_indexes_not_supported",
            "type validation_collection_type_change",
            "viewQuery validation_required",
        ],
    ),
    ("to system", {"system": True}, ["system validation_collection_system_flag_change"]),
    ("the id renamed", {"fields": [{**ID, "name": "id2"}, S]}, ["fields validation_missing_primary_key"]),
    (
        "the id under another id",
        {"fields": [{**ID, "id": "foo"}, S]},
        ["fields validation_system_field_change"],
    ),
    ("a system field left out", {"fields": [A1]}, ["fields validation_system_field_change"]),
    ("a system field renamed", {"fields": [{**S, "name": "s2"}]}, ["fields validation_system_field_change"]),
    (
        "system and type at once",
        {"fields": [{**A1, "type": "number"}]},
        ["fields validation_system_field_change"],
    ),
    (
        "types",
        {"fields": [S, {**A1, "type": "number"}, {"name": "b b", "type": "text"}]},
        ["fields.2 validation_field_type_change"],
    ),
    ("a field left out", {"fields": [S]}, []),
    ("a field renamed", {"fields": [S, {**A1, "name": "b"}]}, []),
    (
        "another collection",
        {"fields": [S, {**R, "collectionId": "posts1"}]},
        ["fields.2.collectionId validation_field_relation_change"],
    ),
    ("itself", {"fields": [S, {"name": "p", "type": "relation", "collectionId": "posts1"}]}, []),
    (
        "a unique index of a system field",
        {"indexes": []},
        ["indexes validation_invalid_unique_system_field_index"],
    ),
    (
        "the same otherwise",
        {"indexes": ["CREATE UNIQUE INDEX two ON posts (s COLLATE NOCASE) WHERE s != ''"]},
        [],
    ),
    (
        "an index of a field that goes",
        {
            "fields": [S, {**A1, "name": "b"}],
            "indexes": ["CREATE UNIQUE INDEX one ON posts (s)", "CREATE INDEX two ON posts (a)"],
        },
        ["indexes.1 validation_invalid_index_expression"],
    ),
]


@pytest.mark.parametrize(("change", "expected"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_changes(change, expected):
    assert check_change(OLD, change) == expected


def test_to_auth_everything_is_missing():
    found = check_change(OLD, {"type": "auth"})
    assert "type validation_collection_type_change" in found
    assert "authToken.secret validation_required" in found
    assert "otp.emailTemplate.subject validation_required" in found


SYSTEM = [
    ("_superusers", {"name": "su"}, ["name validation_collection_system_name_change"]),
    ("_superusers", {"listRule": ""}, ["listRule validation_collection_system_rule_change"]),
    (
        "_superusers",
        {"authRule": "id != ''", "manageRule": "id = ''"},
        [
            "authRule validation_collection_system_rule_change",
            "manageRule validation_collection_system_rule_change",
        ],
    ),
    ("_superusers", {"fields": []}, ["fields validation_system_field_change"]),
    ("_superusers", {"mfa": {"enabled": True}}, ["mfa.enabled validation_mfa_not_enough_auths"]),
    ("_superusers", {"oauth2": {"enabled": True}, "passwordAuth": {"enabled": False}, "indexes": []}, []),
    ("_mfas", {"system": False}, ["system validation_collection_system_flag_change"]),
    ("_mfas", {"indexes": []}, []),
    ("_externalAuths", {"indexes": []}, ["indexes validation_invalid_unique_system_field_index"]),
]


@pytest.mark.parametrize(("name", "change", "expected"), SYSTEM)
def test_system_collections(name, change, expected):
    (old,) = (each for each in default_collections() if each.name == name)
    assert check_change(old, change) == expected


def test_superusers_always_sign_in_by_password_alone():
    (old,) = (each for each in default_collections() if each.name == "_superusers")
    new = complete(old.merged_with({"oauth2": {"enabled": True}, "passwordAuth": {"enabled": False}}), old)
    assert (new.auth.oauth2.enabled, new.auth.password_auth.enabled) == (False, True)


def test_rules():
    found = check_new(
        {"name": "posts", "listRule": "bad", "viewRule": None, "createRule": "", "updateRule": "fine"}
    )
    assert found == ["listRule validation_invalid_rule"]


def test_everything_at_once():
    found = check_new(
        {"name": "b b", "listRule": "bad", "fields": [{"name": "b b", "type": "text"}], "indexes": ["zzz"]}
    )
    assert found == [
        "fields.1.name validation_match_invalid",
        "indexes.0 validation_invalid_index_expression",
        "listRule validation_invalid_rule",
        "name validation_match_invalid",
    ]
