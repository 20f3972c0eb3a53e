"""PUT /api/collections/import"""

from chalicelib.collections.load import get_catalog


def test_all_collections_survive_their_own_export(call, posts):
    _, page = call("GET", "/api/collections?perPage=200")
    before = [collection.to_stored() for collection in get_catalog()]
    assert call("PUT", "/api/collections/import", {"collections": page["items"], "deleteMissing": True}) == (
        204,
        None,
    )
    after = [collection.to_stored() for collection in get_catalog()]
    assert [{**each, "updated": ""} for each in after] == [{**each, "updated": ""} for each in before]


def test_refused(call):
    status, refused = call(
        "PUT", "/api/collections/import", {"collections": [{"name": "a"}, {"name": "b b"}]}
    )
    assert (status, refused["message"]) == (400, "Failed to import collections.")
    assert refused["data"]["collections"]["code"] == "validation_collections_import_failure"
    assert call("GET", "/api/collections/a")[0] == 404


def test_unreadable(gateway, superuser):
    headers = {"Authorization": superuser.token, "Content-Type": "application/json"}
    status, _, raw = gateway.handle("PUT", "/api/collections/import", headers, b"{")
    assert (status, b"An error occurred while loading the submitted data." in raw) == (400, True)
