"""GET /api/collections"""

import pytest

LISTS = [
    ("", ["_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers", "users", "posts"]),
    ("sort=-@rowid&perPage=2", ["posts", "users"]),
    ("page=2&perPage=3", ["_authOrigins", "_superusers", "users"]),
    ("page=9", []),
    ("sort=name&perPage=1", ["_authOrigins"]),
    ("sort=-name&perPage=2", ["users", "posts"]),
    ("sort=type,-name&perPage=2", ["users", "_superusers"]),
    ("sort=-system,-id&perPage=1", ["_authOrigins"]),
    ("filter=name='users'", ["users"]),
    ("filter=name='USERS'", []),
    ("filter=name~'USER'", ["_superusers", "users"]),
    ("filter=type='auth'%26%26system=false", ["users"]),
    ("filter=system=1%26%26name~'m'", ["_mfas"]),
    ("filter=system='true'", []),
    ("filter=id='_pb_users_auth_'", ["users"]),
    ("filter=created>'2020'%26%26created<@now%26%26name='posts'", ["posts"]),
    ("filter=updated<'2020'", []),
    ("filter=name=':lower'||name='@request.x'", []),
]


@pytest.mark.parametrize(("query", "names"), LISTS)
def test_names(query, names, call, posts):
    status, page = call("GET", f"/api/collections?{query}")
    assert (status, [item["name"] for item in page["items"]]) == (200, names)


REFUSED = [
    "filter=zzz=1",
    "filter=(((",
    "filter=listRule=''",
    "filter=fields~'a'",
    "filter=indexes~'a'",
    "filter=options='a'",
    "filter=authRule=''",
    "filter=rowid=1",
    "filter=name:lower='users'",
    "filter=strftime('%25Y',listRule)='a'",
    "filter=@request.auth.id!=''",
    "filter=@collection.users.id!=''",
    "sort=zzz",
    "sort=listRule",
    "sort=rowid",
    "sort=name:lower",
    "sort=@request.auth.id",
    "page=x",
    "perPage=x",
    "skipTotal=x",
]


@pytest.mark.parametrize("query", REFUSED)
def test_refused(query, call, posts):
    refused = {"data": {}, "message": "Something went wrong while processing your request.", "status": 400}
    assert call("GET", f"/api/collections?{query}") == (400, refused)


def test_totals(call, posts):
    _, page = call("GET", "/api/collections?perPage=3&fields=id")
    assert {key: page[key] for key in page if key != "items"} == {
        "page": 1,
        "perPage": 3,
        "totalItems": 7,
        "totalPages": 3,
    }
    _, page = call("GET", "/api/collections?skipTotal=1")
    assert (page["totalItems"], page["totalPages"]) == (-1, -1)


def test_items_are_whole_definitions(call, posts):
    _, page = call("GET", "/api/collections?filter=name='posts'")
    assert page["items"] == [posts]
    _, page = call("GET", "/api/collections?filter=name='posts'&fields=name,fields.name")
    assert page["items"] == [{"name": "posts", "fields": [{"name": "id"}, {"name": "title"}]}]
