"""DELETE /api/collections/{collection}, DELETE /api/collections/{collection}/truncate"""

import pytest

MISSING = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}


def refused(message):
    return 400, {"data": {}, "message": message, "status": 400}


@pytest.mark.parametrize("asked", ["posts", "POSTS", "{id}"])
def test_deleted(asked, call, posts):
    assert call("DELETE", f"/api/collections/{asked.format(id=posts['id'])}") == (204, None)
    assert call("GET", "/api/collections/posts") == (404, MISSING)
    missing = {**MISSING, "message": "Missing collection context."}
    assert call("GET", "/api/collections/posts/records") == (404, missing)


def test_unknown(call):
    assert call("DELETE", "/api/collections/nope") == (404, MISSING)
    assert call("DELETE", "/api/collections/nope/truncate") == (404, MISSING)


@pytest.mark.parametrize("name", ["_superusers", "_mfas"])
def test_system_collections_stay(name, call):
    assert call("DELETE", f"/api/collections/{name}") == refused("Failed to delete collection.")


def test_what_is_referred_to_stays(call, posts):
    relation = {"name": "post", "type": "relation", "collectionId": posts["id"]}
    call("POST", "/api/collections", {"name": "comments", "fields": [relation]})
    message = "Failed to delete collection probably due to existing reference in comments."
    assert call("DELETE", "/api/collections/posts") == refused(message)


def test_truncated(call, posts):
    for title in ("a", "b"):
        call("POST", "/api/collections/posts/records", {"title": title})
    assert call("DELETE", "/api/collections/posts/truncate") == (204, None)
    assert call("GET", "/api/collections/posts/records")[1]["totalItems"] == 0
    assert call("GET", "/api/collections/posts") == (200, posts)


def test_superusers_are_not_truncated(call):
    message = "Failed to truncate collection (most likely due to required cascade delete record references)."
    assert call("DELETE", "/api/collections/_superusers/truncate") == refused(message)
