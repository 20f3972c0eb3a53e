"""POST /api/collections/{collection}/records."""

from collections.abc import Mapping

import pytest

from dev.gateway import Gateway
from tests.scenario import Scenario, play

FAILED = '{"data":{},"message":"Failed to create record.","status":400}'
BAD = '{"data":{},"message":"Something went wrong while processing your request.","status":400}'
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}
JSON = {"Content-Type": "application/json"}


def post(name: str, target: str, body: object, **expected: object) -> Scenario:
    collection, _, query = target.partition("?")
    path = f"/api/collections/{collection}/records" + (f"?{query}" if query else "")
    return Scenario(name, "POST", path, body, **expected)  # type: ignore[arg-type]


def part(name: str, value: str) -> str:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


SIGN_UP = {"email": "new@example.com", "password": "12345678", "passwordConfirm": "12345678"}
SCENARIOS = [
    post(
        "anybody where the rule is empty",
        "tags",
        {"name": "new"},
        has=('"name":"new"', '"collectionName":"tags"'),
    ),
    post("an id of one's own", "tags", {"id": "{c}", "name": "new"}, has=('"id":"{c}"',)),
    post(
        "an id that is taken",
        "tags",
        {"id": "{a}", "name": "new"},
        status=400,
        has=('"data":{"id":{"code":"validation_not_unique","message":"Value must be unique."}}',),
    ),
    post(
        "a value that is taken",
        "tags",
        {"name": "red"},
        status=400,
        has=('"data":{"name":{"code":"validation_not_unique"', "Failed to create record."),
    ),
    post(
        "values that are taken together",
        "profiles",
        {"author": "{a}", "kind": "k"},
        status=400,
        has=('"author":{"code":"validation_not_unique"', '"kind":{"code":"validation_not_unique"'),
    ),
    post("a rule that matches", "notes", {"name": "ok"}, has=('"ok"',)),
    post("a rule that does not", "notes", {"name": "ko"}, status=400, has=(FAILED,)),
    post(
        "a rule that does not comes before validation",
        "notes",
        {"name": "ko", "author": "x"},
        status=400,
        has=(FAILED,),
    ),
    post("superusers need no rule", "notes", {"name": "ko"}, by="root", has=('"ko"',)),
    post(
        "no rule: a guest is refused",
        "safes",
        {"name": "x"},
        status=403,
        has=("Only superusers can perform this action.",),
    ),
    post("no rule: a user is refused", "safes", {"name": "x"}, by="ann", status=403),
    post("no rule: a superuser is not", "safes", {"name": "x"}, by="root"),
    post("no such collection", "nowhere", {}, status=404, has=("Missing or invalid collection context.",)),
    post("no such collection, with nonsense", "nowhere", "{", headers=JSON, status=404),
    post(
        "what is required",
        "posts",
        {},
        status=400,
        has=('"title":{"code":"validation_required","message":"Cannot be blank."}',),
    ),
    post(
        "references to nothing",
        "posts",
        {"title": "x", "author": "nobody", "tags": ["{a}", "none"]},
        status=400,
        has=(
            '"author":{"code":"validation_missing_rel_records"',
            '"tags":{"code":"validation_missing_rel_records"',
        ),
    ),
    post(
        "references to something",
        "posts?expand=author",
        {"title": "x", "author": "{a}", "tags": ["{b}", "{a}", "{b}"]},
        has=('"tags":["{b}","{a}"]', '"expand":{"author":{'),
    ),
    post("malformed JSON", "posts", "{", headers=JSON, status=400, has=(BAD,)),
    post("malformed JSON before the rule", "safes", "{", headers=JSON, status=400, has=(BAD,)),
    post("a list", "posts", "[1]", headers=JSON, status=400, has=(BAD,)),
    post("a text", "posts", '"x"', headers=JSON, status=400, has=(BAD,)),
    post("null is an empty body", "posts", "null", headers=JSON, status=400, has=("validation_required",)),
    post(
        "a form",
        "posts",
        "title=x&count=5&tags={a}&tags={b}",
        headers=FORM,
        has=('"count":5', '"tags":["{a}","{b}"]'),
    ),
    post(
        "a multipart form",
        "posts",
        part("title", "x") + part("count", "7") + "--x--\r\n",
        headers=MULTIPART,
        has=('"count":7',),
    ),
    post(
        "hidden fields are dropped", "authors", {"name": "x", "secret": "s"}, has=('"x"',), lacks=("secret",)
    ),
    post(
        "but not from superusers", "authors", {"name": "x", "secret": "s"}, by="root", has=('"secret":"s"',)
    ),
    post(
        "signing up",
        "users",
        SIGN_UP,
        has=('"verified":false',),
        lacks=("new@example.com", "tokenKey", "password"),
    ),
    post(
        "signing up visibly",
        "users",
        {**SIGN_UP, "emailVisibility": True},
        has=('"email":"new@example.com"',),
    ),
    post(
        "signing up verified",
        "users",
        {**SIGN_UP, "verified": True},
        status=400,
        has=('"verified":{"code":"validation_values_mismatch"',),
    ),
    post(
        "signing up without a password",
        "users",
        {"email": "new@example.com"},
        status=400,
        has=('"passwordConfirm":{"code":"validation_required"',),
    ),
    post(
        "signing up twice",
        "users",
        {**SIGN_UP, "email": "ann@example.com"},
        status=400,
        has=('"email":{"code":"validation_not_unique"',),
    ),
    post(
        "with the id of a superuser",
        "users",
        {**SIGN_UP, "id": "testsuperuser01"},
        status=400,
        has=("validation_invalid_auth_id",),
    ),
    post(
        "a superuser signs somebody up",
        "users",
        {**SIGN_UP, "verified": True},
        by="root",
        has=('"verified":true', "new@example.com"),
    ),
    post("chosen fields", "tags?fields=name", {"name": "new"}, has=('{"name":"new"}',)),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_create(
    scenario: Scenario, gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]
) -> None:
    filled = {
        key: value
        for key, value in names.items()
        if "{" + key + "}" in str(scenario.body) + str(scenario.has)
    }
    play(gateway, scenario, tokens, filled)
