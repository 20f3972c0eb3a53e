"""Definitions in and out: as clients send them, as they are shown, as they are stored."""

import json
from dataclasses import replace

import pytest

from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.shapes import WrongShape

TITLE = {"name": "title", "type": "text"}
POSTS = {
    "name": "posts",
    "fields": [TITLE],
    "indexes": ["CREATE UNIQUE INDEX i ON posts (title) WHERE title != ''"],
}


def test_keys_are_shown_in_order():
    assert list(Collection.from_json(POSTS).to_json()) == [
        "id",
        "listRule",
        "viewRule",
        "createRule",
        "updateRule",
        "deleteRule",
        "name",
        "type",
        "fields",
        "indexes",
        "created",
        "updated",
        "system",
    ]


@pytest.mark.parametrize(
    "definition", [POSTS, {**POSTS, "type": "auth", "oauth2": {"providers": [{"name": "x"}]}}]
)
def test_stored_and_loaded_again(definition):
    collection = complete(Collection.from_json(definition))
    stored = json.loads(json.dumps(collection.to_stored()))
    assert Collection.from_stored(stored) == collection


def test_secrets_are_stored_and_never_shown():
    secret = "s" * 40
    definition = {
        "name": "members",
        "type": "auth",
        "authToken": {"secret": secret},
        "oauth2": {"providers": [{"name": "google", "clientSecret": secret}]},
    }
    collection = Collection.from_json(definition)
    assert json.dumps(collection.to_stored()).count(secret) == 2
    shown = json.dumps(collection.to_json())
    assert secret not in shown
    assert "secret" not in shown.lower()
    assert secret not in repr(collection)


def test_every_token_has_a_secret_of_its_own():
    tokens = Collection.from_json({"type": "auth"}).auth.tokens
    assert len({token.secret for token in tokens.values()}) == len(tokens) == 5
    assert all(len(token.secret) == 50 for token in tokens.values())


def test_a_column_is_never_given_twice():
    first = Collection.from_json(POSTS)
    without = first.merged_with({"fields": []}).with_columns()
    again = without.merged_with({"fields": [TITLE]}).with_columns()
    title = first.field_by_name["title"].id
    assert again.field_by_name["title"].id == title
    assert again.columns[title] not in set(first.columns.values())


def test_a_renamed_field_keeps_its_column():
    first = Collection.from_json(POSTS)
    title = first.field_by_name["title"].id
    renamed = first.merged_with({"fields": [{**TITLE, "id": title, "name": "headline"}]}).with_columns()
    assert renamed.columns[renamed.field_by_name["headline"].id] == first.columns[title]


MERGED = [
    ({"listRule": ""}, "list_rule", ""),
    ({"listRule": None}, "list_rule", None),
    ({"name": None}, "name", ""),
    ({"type": ""}, "type", "auth"),
    ({"zzz": 1}, "name", "members"),
    ({"LISTRULE": ""}, "list_rule", "id != ''"),
    ({"created": "2020-01-01"}, "created", "2020-01-01 00:00:00.000Z"),
    ({"created": "nonsense"}, "created", ""),
]


@pytest.mark.parametrize(("change", "attribute", "value"), MERGED)
def test_merged(change, attribute, value):
    old = Collection.from_json({"name": "members", "type": "auth", "listRule": "id != ''"})
    assert getattr(old.merged_with(change), attribute) == value


def test_options_within_options_are_merged():
    old = Collection.from_json({"name": "members", "type": "auth"})
    new = old.merged_with({"otp": {"enabled": True, "emailTemplate": {"subject": "Code"}}})
    assert new.auth.otp == replace(
        old.auth.otp, enabled=True, email_template=replace(old.auth.otp.email_template, subject="Code")
    )
    assert new.auth.auth_token == old.auth.auth_token


def test_a_provider_keeps_what_it_had_under_its_name():
    google = {"name": "google", "clientId": "a", "clientSecret": "b"}
    github = {"name": "github", "clientId": "c", "clientSecret": "d", "displayName": "Hub"}
    old = Collection.from_json({"type": "auth", "oauth2": {"providers": [google, github]}})
    new = old.merged_with({"oauth2": {"providers": [{"name": "github", "clientId": "e"}, {"name": "zzz"}]}})
    first, second = new.auth.oauth2.providers
    assert (first.client_id, first.client_secret, first.display_name) == ("e", "d", "Hub")
    assert (second.name, second.client_secret) == ("zzz", "")


WRONG_SHAPES = [
    {"name": 1},
    {"type": 1},
    {"id": []},
    {"system": "x"},
    {"listRule": 1},
    {"fields": "x"},
    {"fields": {"name": "a"}},
    {"fields": [None]},
    {"fields": ["x"]},
    {"fields": [{"name": "a"}]},
    {"fields": [{"name": "a", "type": "zzz"}]},
    {"fields": [{"name": "a", "type": ["text"]}]},
    {"fields": [{"name": "a", "type": "text", "min": "x"}]},
    {"fields": [{"name": "a", "type": "text", "min": 1.5}]},
    {"indexes": "x"},
    {"indexes": [1]},
    {"created": 5},
    {"type": "auth", "otp": 1},
    {"type": "auth", "otp": {"enabled": "x"}},
    {"type": "auth", "authToken": {"duration": 1.5}},
    {"type": "auth", "authToken": {"duration": 2**70}},
    {"type": "auth", "authToken": {"duration": True}},
    {"type": "auth", "passwordAuth": {"identityFields": [1]}},
    {"type": "auth", "oauth2": {"providers": {}}},
    {"type": "auth", "oauth2": {"providers": [1]}},
    {"type": "auth", "oauth2": {"providers": [{"extra": 1}]}},
    {"type": "auth", "oauth2": []},
]


@pytest.mark.parametrize("data", WRONG_SHAPES, ids=str)
def test_wrong_shapes(data):
    with pytest.raises(WrongShape):
        Collection.from_json(data)
    if data.get("type") != 1:
        with pytest.raises(WrongShape):
            Collection.from_json({"type": data.get("type", "base")}).merged_with(data)
