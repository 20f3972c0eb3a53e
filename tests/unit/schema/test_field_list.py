"""The list of fields: matched by id or name, completed with what a collection cannot lack."""

import pytest

from chalicelib.schema.field_list import complete_fields, read_fields

ID = ("id", "text", "text3208210256")
AUTH = [
    ("password", "password", "password901924565"),
    ("tokenKey", "text", "text2504183744"),
    ("email", "email", "email3885137012"),
    ("emailVisibility", "bool", "bool1547992806"),
    ("verified", "bool", "bool256245529"),
]
A = {"name": "a", "type": "text"}
A_ID = "text3904355907"

LISTS = [
    (
        "missing ids are made of type and name",
        [A, {"name": "n", "type": "number"}],
        [ID, ("a", "text", A_ID), ("n", "number", "number2013832146")],
    ),
    ("id may stand anywhere", [A, {"name": "id", "type": "text"}], [("a", "text", A_ID), ID]),
    ("id may have another id", [{"name": "id", "type": "text", "id": "foo"}], [("id", "text", "foo")]),
    (
        "an id of another type does not count",
        [{"name": "id", "type": "number"}],
        [ID, ("id", "number", "number3208210256")],
    ),
    ("the later of one name", [A, {"name": "a", "type": "number"}], [ID, ("a", "number", A_ID)]),
    (
        "the later of one id",
        [{**A, "id": "x"}, {"name": "b", "type": "text", "id": "x"}],
        [ID, ("b", "text", "x")],
    ),
    (
        "both of one name with ids",
        [{**A, "id": "x"}, {**A, "id": "y"}],
        [ID, ("a", "text", "x"), ("a", "text", "y")],
    ),
    (
        "a taken id gets a number",
        [{"name": "c", "type": "text", "id": A_ID}, A],
        [ID, ("c", "text", A_ID), ("a", "text", A_ID + "2")],
    ),
    ("null is no fields", None, [ID]),
]


@pytest.mark.parametrize(
    ("submitted", "expected"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS]
)
def test_base(submitted, expected):
    fields = complete_fields(read_fields(submitted), "base")
    assert [(field.name, field.type, field.id) for field in fields] == expected


def test_auth_gets_its_fields_after_the_submitted_ones():
    fields = complete_fields(read_fields([A]), "auth")
    assert [(field.name, field.type, field.id) for field in fields] == [ID, ("a", "text", A_ID), *AUTH]


def test_a_sign_in_field_of_another_type_is_replaced_under_its_id():
    fields = complete_fields(read_fields([{"name": "email", "type": "text", "id": "x"}]), "auth")
    assert [(f.type, f.id) for f in fields if f.name == "email"] == [("email", "x")]


FORCED = [
    (
        "base",
        {"name": "id", "type": "text", "system": False, "hidden": True},
        {
            "system": True,
            "required": True,
            "primary_key": True,
            "hidden": False,
            "pattern": "^[a-z0-9]+$",
            "min": 0,
        },
    ),
    ("base", {"name": "id", "type": "text", "pattern": "^x$"}, {"pattern": "^x$"}),
    ("base", {"name": "email", "type": "email"}, {"system": False}),
    (
        "auth",
        {"name": "email", "type": "email", "hidden": True, "required": False},
        {"system": True, "hidden": False, "required": False},
    ),
    (
        "auth",
        {"name": "password", "type": "password", "min": 3},
        {"system": True, "hidden": True, "required": True, "min": 3},
    ),
    (
        "auth",
        {"name": "tokenKey", "type": "text"},
        {"system": True, "hidden": True, "required": True, "min": 0},
    ),
    (
        "auth",
        {"name": "verified", "type": "bool", "hidden": True, "required": True},
        {"system": True, "hidden": True, "required": True},
    ),
]


@pytest.mark.parametrize(("kind", "submitted", "options"), FORCED)
def test_what_is_forced_on_system_fields(kind, submitted, options):
    fields = complete_fields(read_fields([submitted]), kind)
    (field,) = (field for field in fields if field.name == submitted["name"])
    assert {name: getattr(field, name) for name in options} == options
