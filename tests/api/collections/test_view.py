"""GET /api/collections/{collection}, GET /api/collections/meta/scaffolds"""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize("asked", ["users", "Users", "_pb_users_auth_"])
def test_found(asked, call):
    status, shown = call("GET", f"/api/collections/{asked}")
    (expected,) = (
        c for c in json.loads((DATA / "default_collections.json").read_text()) if c["name"] == "users"
    )
    assert status == 200
    assert {**shown, "created": "", "updated": ""} == expected
    assert list(shown) == list(expected)


@pytest.mark.parametrize("asked", ["nope", "_PB_users_auth_", "%20", "a%2Fb"])
def test_not_found(asked, call):
    missing = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
    assert call("GET", f"/api/collections/{asked}") == (404, missing)


def test_scaffolds(call):
    status, shown = call("GET", "/api/collections/meta/scaffolds?fields=base.name,auth.type,view.viewQuery")
    assert (status, shown) == (
        200,
        {"base": {"name": ""}, "auth": {"type": "auth"}, "view": {"viewQuery": ""}},
    )


def test_a_scaffold_can_be_sent_back(call):
    _, shown = call("GET", "/api/collections/meta/scaffolds")
    status, made = call("POST", "/api/collections", {**shown["auth"], "name": "members"})
    assert status == 200
    assert all("ON `members`" in text for text in made["indexes"])
    assert made["id"]
