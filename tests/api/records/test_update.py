"""PATCH /api/collections/{collection}/records/{id}."""

from collections.abc import Mapping

import pytest

from dev.gateway import Gateway
from tests.scenario import Scenario, play
from tests.services.records.world import PASSWORD, change_collection

NOT_FOUND = '{"data":{},"message":"The requested resource wasn\'t found.","status":404}'
BAD = '{"data":{},"message":"Something went wrong while processing your request.","status":400}'
JSON = {"Content-Type": "application/json"}
NEW = {"password": "87654321", "passwordConfirm": "87654321"}


def patch(name: str, target: str, body: object, **expected: object) -> Scenario:
    collection, rest = target.split("/", 1)
    return Scenario(name, "PATCH", f"/api/collections/{collection}/records/{rest}", body, **expected)  # type: ignore[arg-type]


SCENARIOS = [
    patch(
        "anybody where the rule is empty",
        "posts/{a}",
        {"title": "new"},
        has=('"title":"new"', '"count":1', '"author":"{a}"'),
    ),
    patch("nothing", "posts/{a}", {}, has=('"title":"first"',)),
    patch("modifiers", "posts/{a}", {"count+": 4, "tags-": "{a}"}, has=('"count":5', '"tags":["{b}"]')),
    patch("a record that is not there", "posts/{c}", {"title": "x"}, status=404, has=(NOT_FOUND,)),
    patch("malformed JSON comes first", "posts/{c}", "{", headers=JSON, status=400, has=(BAD,)),
    patch("malformed JSON before the rule", "safes/{a}", "{", headers=JSON, status=400, has=(BAD,)),
    patch("a rule that matches", "notes/{a}", {"author": "{b}"}, has=('"author":"{b}"',)),
    patch("a rule about what is stored", "notes/{a}", {"name": "ko"}, has=('"ko"',)),
    patch("a rule that does not match", "notes/{b}", {"name": "ok"}, status=404, has=(NOT_FOUND,)),
    patch("superusers need no rule", "notes/{b}", {"name": "x"}, by="root", has=('"x"',)),
    patch(
        "no rule: a guest is refused",
        "safes/{a}",
        {},
        status=403,
        has=("Only superusers can perform this action.",),
    ),
    patch("no rule: a user is refused", "safes/{a}", {}, by="ann", status=403),
    patch("no rule: a superuser is not", "safes/{a}", {"name": "tin"}, by="root", has=('"tin"',)),
    patch(
        "no such collection", "nowhere/{a}", {}, status=404, has=("Missing or invalid collection context.",)
    ),
    patch(
        "another id",
        "posts/{a}",
        {"id": "{c}"},
        status=400,
        has=('"id":{"code":"validation_pk_change","message":"The record primary key cannot be changed."}',),
    ),
    patch("the same id", "posts/{a}", {"id": "{a}"}),
    patch(
        "a value that is taken",
        "tags/{a}",
        {"name": "blue"},
        status=400,
        has=(
            '"data":{"name":{"code":"validation_not_unique","message":"Value must be unique."}}',
            "Failed to update record.",
        ),
    ),
    patch("its own value", "tags/{a}", {"name": "red"}),
    patch("what is required", "posts/{a}", {"title": ""}, status=400, has=("validation_required",)),
    patch(
        "a reference to nothing",
        "posts/{a}",
        {"tags+": "x"},
        status=400,
        has=('"tags":{"code":"validation_missing_rel_records"',),
    ),
    patch("hidden fields are dropped", "authors/{a}", {"secret": "open", "name": "new"}, has=('"new"',)),
    patch("oneself", "users/{ann}", {"name": "new"}, by="ann", has=('"new"', '"email":"ann@example.com"')),
    patch("somebody else", "users/{zoe}", {"name": "new"}, by="ann", status=404),
    patch(
        "one's own e-mail",
        "users/{ann}",
        {"email": "x@example.com"},
        by="ann",
        status=400,
        has=('"email":{"code":"validation_values_mismatch"',),
    ),
    patch(
        "one's own verification",
        "users/{ann}",
        {"verified": True},
        by="ann",
        status=400,
        has=('"verified":{"code":"validation_values_mismatch"',),
    ),
    patch("one's own password", "users/{ann}", {**NEW, "oldPassword": PASSWORD}, by="ann"),
    patch(
        "a password without the old one",
        "users/{ann}",
        NEW,
        by="ann",
        status=400,
        has=('"oldPassword":{"code":"validation_required"',),
    ),
    patch(
        "a password with another old one",
        "users/{ann}",
        {**NEW, "oldPassword": "x"},
        by="ann",
        status=400,
        has=("validation_invalid_old_password",),
    ),
    patch(
        "a superuser changes anything",
        "users/{ann}",
        {**NEW, "email": "x@example.com", "verified": True},
        by="root",
        has=('"email":"x@example.com"', '"verified":true'),
    ),
    patch(
        "expanded and chosen",
        "posts/{a}?expand=author&fields=expand.author.name",
        {},
        has=('{"expand":{"author":{"name":"ann"}}}',),
    ),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_update(
    scenario: Scenario, gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]
) -> None:
    play(gateway, scenario, tokens, names)


def test_a_password_change_ends_all_sessions(
    gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]
) -> None:
    play(gateway, patch("change", "users/{ann}", {**NEW, "oldPassword": PASSWORD}, by="ann"), tokens, names)
    play(gateway, patch("again", "users/{ann}", {"name": "x"}, by="ann", status=404), tokens, names)


@pytest.mark.parametrize(("rule", "status"), [(None, 400), ("name = 'zoe'", 200), ("name = 'x'", 400)])
def test_managers_change_what_others_may_not(
    gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str], rule: str | None, status: int
) -> None:
    change_collection("users", updateRule="", manageRule=rule)
    scenario = patch("manage", "users/{zoe}", {**NEW, "email": "x@example.com"}, by="ann", status=status)
    play(gateway, scenario, tokens, names)
