"""No body makes the Collections API fail: it succeeds, or is a clear refusal that changes nothing."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.collections.load import get_catalog
from chalicelib.schema.fields import FIELD_TYPES

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
names = (
    st.sampled_from(
        ["a", "id", "email", "tokenKey", "b b", "", "a_via_b", "expand", "é", "posts", "users", "x" * 300]
    )
    | junk
)
rules = (
    st.sampled_from(
        [None, "", "id = 'x'", "a = 1", "(((", "@request.auth.id != ''", "@collection.users.id = id", "\0"]
    )
    | junk
)
indexes = (
    st.sampled_from(
        [
            "CREATE UNIQUE INDEX i ON posts (a)",
            "CREATE INDEX j ON x (id, a COLLATE NOCASE)",
            "CREATE INDEX k ON posts (a) WHERE a > 1",
            "CREATE INDEX l ON posts (lower(a))",
            "CREATE INDEX m ON posts (a) WHERE (((",
            "CREATE UNIQUE INDEX n ON posts (email)",
            "'",
            "CREATE",
        ]
    )
    | junk
)
OPTIONS = (
    "min",
    "max",
    "pattern",
    "values",
    "maxSelect",
    "collectionId",
    "required",
    "primaryKey",
    "system",
    "hidden",
    "help",
    "cost",
    "thumbs",
    "onlyDomains",
    "autogeneratePattern",
)
fields = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(FIELD_TYPES)) | junk, "name": names},
    optional={"id": st.sampled_from(["", "x", "text3208210256"]) | junk, **dict.fromkeys(OPTIONS, junk)},
)
AUTH = (
    "authRule",
    "manageRule",
    "authAlert",
    "oauth2",
    "passwordAuth",
    "mfa",
    "otp",
    "authToken",
    "fileToken",
    "verificationTemplate",
)
options = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("enabled", "duration", "rule", "secret", "providers", "mappedFields", "identityFields", "subject"),
        junk,
    ),
)
definitions = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["", "x", "_pb_users_auth_", "posts"]) | junk,
        "name": names,
        "type": st.sampled_from(["base", "auth", "view", "", None]) | junk,
        "system": junk,
        "fields": st.lists(fields | junk, max_size=4) | junk,
        "indexes": st.lists(indexes, max_size=3) | junk,
        "listRule": rules,
        "createRule": rules,
        "created": junk,
        **dict.fromkeys(AUTH, options | junk),
    },
)
bodies = definitions | junk
imports = (
    st.fixed_dictionaries(
        {}, optional={"collections": st.lists(definitions | junk, max_size=3) | junk, "deleteMissing": junk}
    )
    | junk
)


def ask(gateway, superuser, method, path, body):
    headers = {"Authorization": superuser.token, "Content-Type": "application/json"}
    before = [collection.to_stored() for collection in get_catalog()]
    status, _, raw = gateway.handle(method, path, headers, json.dumps(body).encode())
    after = [collection.to_stored() for collection in get_catalog()]
    assert status in (200, 204, 400, 404), raw
    if status >= 400:
        refused = json.loads(raw)
        assert refused["status"] == status
        assert refused["message"]
        assert after == before
    assert "_superusers" in {collection["name"] for collection in after}


@settings(max_examples=150)
@given(body=bodies)
def test_create(gateway, superuser, body):
    ask(gateway, superuser, "POST", "/api/collections", body)


@settings(max_examples=150)
@given(body=bodies, name=st.sampled_from(["users", "_mfas", "posts"]))
def test_update(gateway, superuser, posts, body, name):
    ask(gateway, superuser, "PATCH", f"/api/collections/{name}", body)


@settings(max_examples=150)
@given(body=imports)
def test_import(gateway, superuser, body):
    ask(gateway, superuser, "PUT", "/api/collections/import", body)
