"""PATCH /api/collections/{collection}"""

import pytest

from chalicelib.collections.load import get_collection

FAILED = "Failed to update collection."


def patch(call, change, name="posts"):
    return call("PATCH", f"/api/collections/{name}", change)


def test_nothing_changes_but_the_time(call, posts):
    status, shown = patch(call, {})
    assert status == 200
    assert {**shown, "updated": ""} == {**posts, "updated": ""}


CHANGES = [
    ({"listRule": None}, "listRule", None),
    ({"listRule": ""}, "listRule", ""),
    ({"name": "articles"}, "indexes", ["CREATE INDEX `by_title` ON `articles` (`title`)"]),
    ({"name": "POSTS"}, "indexes", ["CREATE INDEX `by_title` ON `POSTS` (`title`)"]),
    ({"indexes": None}, "indexes", []),
    ({"updated": "2020-01-01", "created": "2020-01-01"}, "created", "2020-01-01 00:00:00.000Z"),
]


@pytest.mark.parametrize(("change", "key", "value"), CHANGES)
def test_changed(change, key, value, call, posts):
    status, shown = patch(call, change)
    assert (status, shown[key]) == (200, value)
    assert call("GET", f"/api/collections/{posts['id']}") == (200, shown)


REFUSED = [
    ({"name": "users"}, "name", "validation_collection_name_exists"),
    ({"type": "auth"}, "type", "validation_collection_type_change"),
    ({"system": True}, "system", "validation_collection_system_flag_change"),
    ({"fields": []}, "listRule", "validation_invalid_rule"),
    ({"listRule": "nope = 1"}, "listRule", "validation_invalid_rule"),
]


@pytest.mark.parametrize(("change", "key", "code"), REFUSED)
def test_refused(change, key, code, call, posts):
    status, refused = patch(call, change)
    assert (status, refused["message"], refused["data"][key]["code"]) == (400, FAILED, code)
    assert call("GET", "/api/collections/posts") == (200, posts)


@pytest.mark.parametrize("given", ["other", "", None])
def test_an_id_stays(given, call, posts):
    message = "The requested resource wasn't found."
    assert patch(call, {"id": given}) == (404, {"data": {}, "message": message, "status": 404})


@pytest.mark.parametrize("given", ["users", "_pb_users_auth_"])
def test_an_id_is_not_taken_over(given, call, posts):
    status, refused = patch(call, {"id": given})
    assert (status, refused["message"]) == (400, FAILED)
    assert refused["data"]["id"]["code"] == "validation_values_mismatch"
    assert call("GET", "/api/collections/posts") == (200, posts)


def test_a_field_that_goes_while_an_index_stays(call, posts):
    status, refused = patch(call, {"fields": [], "listRule": None})
    message = "Failed to create index by_title - SQL logic error: no such column: title (1)."
    assert status == 400
    assert refused["data"] == {
        "indexes": {"0": {"code": "validation_invalid_index_expression", "message": message}}
    }


def test_a_renamed_field_keeps_its_values(call, posts):
    call("POST", "/api/collections/posts/records", {"title": "kept"})
    (id_field, title) = posts["fields"]
    change = {"fields": [id_field, {**title, "name": "headline"}], "listRule": None, "indexes": []}
    assert patch(call, change)[0] == 200
    (record,) = call("GET", "/api/collections/posts/records")[1]["items"]
    assert record["headline"] == "kept"


def test_a_field_that_was_gone_starts_empty(call, posts):
    call("POST", "/api/collections/posts/records", {"title": "lost"})
    assert patch(call, {"fields": [], "listRule": None, "indexes": []})[0] == 200
    assert patch(call, {"fields": posts["fields"]})[0] == 200
    (record,) = call("GET", "/api/collections/posts/records")[1]["items"]
    assert record["title"] == ""


def test_a_field_that_becomes_multiple(call, posts):
    options = {"name": "s", "type": "select", "values": ["x", "y"]}
    patch(call, {"fields": [*posts["fields"], {**options, "maxSelect": 1}]})
    call("POST", "/api/collections/posts/records", {"title": "t", "s": "y"})
    patch(call, {"fields": [*posts["fields"], {**options, "maxSelect": 2}]})
    (record,) = call("GET", "/api/collections/posts/records")[1]["items"]
    assert record["s"] == ["y"]


def test_rules_of_others_are_left_alone(call, posts):
    relation = {"name": "post", "type": "relation", "collectionId": posts["id"]}
    rule = "post.title = 'x' && @collection.posts.title ?= 'x'"
    call("POST", "/api/collections", {"name": "comments", "fields": [relation], "listRule": rule})
    assert patch(call, {"name": "articles"})[0] == 200
    assert call("GET", "/api/collections/comments")[1]["listRule"] == rule
    status, refused = patch(call, {"viewRule": ""}, "comments")
    assert (status, list(refused["data"])) == (400, ["listRule"])


def test_a_secret_that_is_not_named_stays(call):
    secret = get_collection("users").auth.auth_token.secret
    status, shown = patch(call, {"authToken": {"duration": 77}}, "users")
    assert (status, shown["authToken"]) == (200, {"duration": 77})
    assert get_collection("users").auth.auth_token.secret == secret


def test_unknown(call):
    missing = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
    assert patch(call, {"name": 1}, "nope") == (404, missing)


@pytest.mark.parametrize("body", [[], "x", {"name": 1}, {"fields": 1}])
def test_unreadable(body, call, posts):
    message = "Failed to load the submitted data due to invalid formatting."
    assert patch(call, body) == (400, {"data": {}, "message": message, "status": 400})
