"""Definitions out of a data directory: what of them is carried, and what is told."""

from typing import Any

import pytest

from chalicelib.pocketbase.definitions import carry
from chalicelib.schema.system import default_collections

SYSTEM = [each.to_stored() for each in default_collections()]


def base(name: str, **options: Any) -> dict[str, Any]:
    return {"id": f"{name}_id", "name": name, "type": "base", "fields": [], "indexes": [], **options}


def test_pocketbases_own_are_carried_as_they_are() -> None:
    made, told = carry(SYSTEM)
    assert told == []
    assert [each.to_json() for each in made] == [each.to_json() for each in default_collections()]
    assert [each.auth and each.auth.auth_token.secret for each in made] == [
        each.get("authToken", {}).get("secret") for each in SYSTEM
    ]


def test_order_ids_and_dates_stay() -> None:
    listed = [
        base(name, created="2024-01-01 00:00:00.000Z", updated="2025-01-01 00:00:00.000Z") for name in "zab"
    ]
    made, told = carry([*SYSTEM, *listed])
    assert not told
    assert [(each.id, each.created, each.updated) for each in made][-3:] == [
        (f"{name}_id", "2024-01-01 00:00:00.000Z", "2025-01-01 00:00:00.000Z") for name in "zab"
    ]
    assert [each.space for each in made] == sorted(each.space for each in made)


def test_a_name_that_is_the_id_and_a_relation_to_itself_are_carried() -> None:
    itself = {"type": "relation", "name": "parent", "collectionId": "tree"}
    made, told = carry([*SYSTEM, {**base("tree"), "id": "tree", "fields": [itself]}])
    assert not told
    assert made[-1].id == made[-1].name == "tree"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            base("v", type="view", listRule="id = 1", viewQuery="select id from gone"),
            "v: the collection and its records are not carried: viewQuery: Invalid query - SQL logic error:"
            " no such table: main.gone",
        ),
        (base("v", type="view"), "v: the collection and its records are not carried"),
        (base("v", type="view", viewQuery="select id from users", listRule="a = 1"), "v: listRule is now"),
        (base("w", fields=3), "w: the collection and its records are not carried"),
        (base("x_via_y"), "x_via_y: the collection and its records are not carried"),
        (base("r", listRule="a = 1"), "r: listRule is now for superusers only"),
        (base("i", indexes=["CREATE INDEX ix ON i (lower(id))"]), "i: an index is not carried"),
        (base("s", indexes=["nonsense"]), "s: an index is not carried: nonsense"),
    ],
)
def test_what_cannot_be_carried_is_told(definition: dict[str, Any], expected: str) -> None:
    made, told = carry([*SYSTEM, definition])
    (line,) = told
    assert line.startswith(expected)
    left = [each for each in made if each.name == definition["name"]]
    assert all(each.list_rule is None and not each.indexes for each in left)
    assert bool(left) == ("collection" not in expected)


def view(name: str, query: str, *fields: dict[str, Any], **options: Any) -> dict[str, Any]:
    return base(name, type="view", viewQuery=query, fields=list(fields), **options)


INNER = view(
    "inner",
    "select id, name as title, email from users",
    {"type": "text", "name": "title", "id": "_clone_1aaa", "max": 255},
    {"type": "text", "name": "email", "id": "_clone_other"},
)
OUTER = view("outer", "select id, title from inner", {"type": "text", "name": "title", "id": "_clone_2"})


@pytest.mark.parametrize("order", [1, -1])
def test_views_are_carried_whichever_comes_first(order: int) -> None:
    rule = base("r", listRule="@collection.outer.title ?= 'a'")
    made, told = carry([*SYSTEM, rule, *[INNER, OUTER][::order]])
    assert not told
    found = {each.name: each for each in made}
    assert found["r"].list_rule == rule["listRule"]
    assert list(found["outer"].sources.values()) == ["inner_id"]
    ids = {each.name: each.id for each in found["inner"].fields}
    assert ids["title"] == "_clone_1aaa"
    assert ids["email"] != "_clone_other"
    assert set(found["inner"].columns) == set(ids.values())


def test_views_of_each_other_are_left_out() -> None:
    definitions = [view("a", "select id from b"), view("b", "select id from a"), OUTER]
    made, told = carry([*SYSTEM, *definitions])
    assert len(made) == len(SYSTEM)
    assert [each.split(":")[0] for each in told] == ["a", "b", "outer"]


def test_what_reads_a_view_that_is_left_out_is_told() -> None:
    without_id = view("inner", "select name as title from users")
    made, told = carry([*SYSTEM, without_id, OUTER, base("r", listRule="@collection.inner.title ?= 'a'")])
    assert [each.split(" ")[0] for each in told] == ["inner:", "outer:", "r:"]
    assert [each.name for each in made][len(SYSTEM) :] == ["r"]
    assert made[-1].list_rule is None


MEMBERS = {
    **next(each for each in SYSTEM if each["name"] == "users"),
    "id": "members_id",
    "name": "members",
    "indexes": [],
    "otp": {"enabled": True, "duration": 180, "length": 8},
}
MFA = {"enabled": True, "duration": 600, "rule": "@collection.gone.id = 1"}
UNHEARD = {"enabled": True, "providers": [{"name": "unheard", "clientId": "a", "clientSecret": "b"}]}
NO_SUBJECT = {"subject": "", "body": "b"}
OPTIONS: list[tuple[str, Any, str, Any]] = [
    ("mfa", MFA, "mfa.rule is not understood: now all", {**MFA, "rule": ""}),
    ("mfa", {**MFA, "rule": "", "duration": 1}, "mfa has its default", {**MFA, "rule": "", "duration": 600}),
    ("oauth2", UNHEARD, "oauth2.providers: unheard is not carried", []),
    (
        "passwordAuth",
        {"enabled": True, "identityFields": ["email", "name"]},
        "passwordAuth.identityFields: nobody signs in by name any more",
        {"enabled": True, "identityFields": ["email"]},
    ),
    ("authToken", {"secret": "s" * 30, "duration": 1}, "authToken has its default", None),
    ("verificationTemplate", NO_SUBJECT, "verificationTemplate has its default", None),
]


@pytest.mark.parametrize(("name", "option", "expected", "after"), OPTIONS)
def test_an_option_that_cannot_be_does_not_take_the_people_with_it(
    name: str, option: Any, expected: str, after: Any
) -> None:
    relation = {"type": "relation", "name": "of", "collectionId": "members_id"}
    made, told = carry([*SYSTEM, {**MEMBERS, name: option}, base("notes", fields=[relation])])
    (line,) = told
    assert line.startswith(f"members: {expected}")
    assert [each.name for each in made][-2:] == ["members", "notes"]
    stored = made[-2].to_stored()[name]
    assert after is None or (stored if name != "oauth2" else stored["providers"]) == after
    assert stored.get("secret", "s" * 30) == option.get("secret", "s" * 30)


def test_too_few_ways_to_sign_in_twice_end_it() -> None:
    mfa = {**MFA, "rule": ""}
    made, told = carry([*SYSTEM, {**MEMBERS, "mfa": mfa, "otp": {"enabled": False}}])
    assert [each.split(":")[1] for each in told] == [" mfa is off"]
    assert made[-1].name == "members"


@pytest.mark.parametrize("condition", [" WHERE name LIKE 'a%'", ""])
def test_what_people_sign_in_by_stays_before_other_indexes(condition: str) -> None:
    numbers = [{"type": "number", "name": f"n{place}"} for place in range(16)]
    indexes = [f"CREATE INDEX ixx{place} ON members (n{place})" for place in range(16)]
    unique = f"CREATE UNIQUE INDEX ix ON members (name){condition}"
    sign_in = {"enabled": True, "identityFields": ["email", "name"]}
    changed = {
        "fields": [*MEMBERS["fields"], *numbers],
        "indexes": [*indexes, unique],
        "passwordAuth": sign_in,
    }
    made, _ = carry([*SYSTEM, {**MEMBERS, **changed}])
    assert made[-1].name == "members"
    names = made[-1].to_stored()["passwordAuth"]["identityFields"]
    assert names == (["email"] if condition else ["email", "name"])


def test_what_is_lost_is_told_first() -> None:
    _, told = carry([*SYSTEM, base("r", listRule="a = 1"), base("x_via_y")])
    assert [each.split(":")[0] for each in told] == ["x_via_y", "r"]
