"""POST /api/collections"""

import json

import pytest

TYPE_DATA = "Failed to load the collection type data due to invalid formatting."
DATA = "Failed to load the submitted data due to invalid formatting."

UNREADABLE = [
    (b"{", TYPE_DATA),
    (b"[]", TYPE_DATA),
    (b'"x"', TYPE_DATA),
    (b'{"name":"a","name":"b"}', TYPE_DATA),
    (b'{"name":NaN}', TYPE_DATA),
    (b'{"name":"\xff"}', TYPE_DATA),
    (b'{"name":1}', TYPE_DATA),
    (b'{"type":1}', TYPE_DATA),
    (b'{"id":1}', DATA),
    (b'{"fields":"x"}', DATA),
    (b'{"name":"a","fields":[{"name":"a","type":"zzz"}]}', DATA),
    (b'{"name":"a","type":"auth","otp":[]}', DATA),
]


@pytest.mark.parametrize(("body", "message"), UNREADABLE)
def test_unreadable(body, message, gateway, superuser, call):
    headers = {"Authorization": superuser.token, "Content-Type": "application/json"}
    status, _, raw = gateway.handle("POST", "/api/collections", headers, body)
    assert (status, json.loads(raw)) == (400, {"data": {}, "message": message, "status": 400})
    assert call("GET", "/api/collections")[1]["totalItems"] == 6


def test_an_unknown_content_type(gateway, superuser):
    headers = {"Authorization": superuser.token, "Content-Type": "text/plain"}
    status, _, raw = gateway.handle("POST", "/api/collections", headers, b"name=x")
    assert (status, json.loads(raw)["message"]) == (400, TYPE_DATA)


def test_the_shortest_definition(call):
    status, shown = call("POST", "/api/collections", {"name": "posts"})
    assert status == 200
    assert (shown["id"], shown["type"], shown["listRule"], shown["indexes"]) == (
        "pbc_1125843985",
        "base",
        None,
        [],
    )
    assert [field["name"] for field in shown["fields"]] == ["id"]
    assert shown["created"] == shown["updated"] != ""
    assert call("GET", "/api/collections/posts") == (200, shown)


REFUSED = [
    ({}, {"name": {"code": "validation_required", "message": "Cannot be blank."}}),
    (
        {"name": "posts", "fields": [{"name": "b b", "type": "text"}], "listRule": "zzz = 1"},
        {
            "fields": {
                "1": {"name": {"code": "validation_match_invalid", "message": "Must be in a valid format."}}
            },
            "listRule": {
                "code": "validation_invalid_rule",
                "message": 'Invalid rule. Raw error: invalid left operand "zzz" - unknown field "zzz".',
            },
        },
    ),
    (
        {"name": "posts", "listRule": "  "},
        {
            "listRule": {
                "code": "validation_invalid_rule",
                "message": "Invalid rule. Raw error: empty filter expression.",
            }
        },
    ),
    (
        {"name": "a" * 256},
        {
            "name": {
                "code": "validation_length_out_of_range",
                "message": "The length must be between 1 and 255.",
                "params": {"max": 255, "min": 1},
            }
        },
    ),
    (
        {"name": "b b", "type": "auth"},
        {
            "indexes": {
                "0": {
                    "code": "validation_invalid_index_expression",
                    "message": "Invalid CREATE INDEX expression.",
                }
            },
            "name": {"code": "validation_match_invalid", "message": "Must be in a valid format."},
        },
    ),
]


@pytest.mark.parametrize(("definition", "data"), REFUSED)
def test_refused(definition, data, call):
    refused = {"data": data, "message": "Failed to create collection.", "status": 400}
    assert call("POST", "/api/collections", definition) == (400, refused)
    assert call("GET", "/api/collections")[1]["totalItems"] == 6


def test_rules_have_at_most_200_expressions(call):
    longest = " || ".join(["id = 'x'"] * 200)
    assert call("POST", "/api/collections", {"name": "posts", "listRule": longest})[0] == 200
    status, refused = call("POST", "/api/collections", {"name": "more", "listRule": longest + " || id = 'x'"})
    assert status == 400
    assert (
        refused["data"]["listRule"]["message"]
        == "Invalid rule. Raw error: max filter expressions limit reached."
    )


def test_names_of_the_database_are_refused(call):
    message = (
        "Failed to create collection. Raw error: \n"
        "SQL logic error: object name reserved for internal use: sqlite_x (1)."
    )
    assert call("POST", "/api/collections", {"name": "sqlite_x"}) == (
        400,
        {"data": {}, "message": message, "status": 400},
    )


def test_a_rule_may_mention_the_new_collection(call):
    status, _ = call("POST", "/api/collections", {"name": "posts", "listRule": "@collection.posts.id != ''"})
    assert status == 200


def test_fields_may_be_picked(call):
    assert call("POST", "/api/collections?fields=name", {"name": "posts"}) == (200, {"name": "posts"})


def test_a_secret_is_taken_and_not_shown(call):
    status, shown = call(
        "POST",
        "/api/collections",
        {"name": "m", "type": "auth", "authToken": {"secret": "s" * 30, "duration": 10}},
    )
    assert (status, shown["authToken"]) == (200, {"duration": 10})
