"""GET /api/collections/{collection}/records/{id}."""

from collections.abc import Mapping

import pytest

from dev.gateway import Gateway
from tests.scenario import Scenario, play

NOT_FOUND = '{"data":{},"message":"The requested resource wasn\'t found.","status":404}'


def get(name: str, target: str, **expected: object) -> Scenario:
    collection, rest = target.split("/", 1)
    return Scenario(name, "GET", f"/api/collections/{collection}/records/{rest}", **expected)  # type: ignore[arg-type]


SCENARIOS = [
    get(
        "everybody sees what an empty rule shows",
        "tags/{a}",
        has=('{"collectionId":"tags_id","collectionName":"tags","id":"{a}","name":"red"}',),
    ),
    get("the collection by its id", "tags_id/{a}", has=('"red"',)),
    get("a record that is not there", "posts/{c}", status=404, has=(NOT_FOUND,)),
    get("a rule that matches", "notes/{a}", has=('"ok"',)),
    get("a rule that does not", "notes/{b}", status=404, has=(NOT_FOUND,)),
    get("superusers see behind rules", "notes/{b}", by="root", has=('"ko"',)),
    get(
        "no rule: a guest is refused",
        "safes/{a}",
        status=403,
        has=("Only superusers can perform this action.",),
    ),
    get("no rule: whether or not it is there", "safes/{c}", status=403),
    get("no rule: a user is refused", "safes/{a}", by="ann", status=403),
    get("no rule: a superuser is not", "safes/{a}", by="root", has=('"gold"',)),
    get(
        "oneself, with e-mail",
        "users/{ann}",
        by="ann",
        has=('"email":"ann@example.com"',),
        lacks=("tokenKey", "password"),
    ),
    get("somebody else", "users/{zoe}", by="ann", status=404),
    get("anybody, to a guest", "users/{ann}", status=404),
    get(
        "anybody, to a superuser, but no secrets",
        "users/{ann}",
        by="root",
        has=("ann@example.com",),
        lacks=("tokenKey", "$2a$"),
    ),
    get("no such collection", "nowhere/{a}", status=404, has=("Missing collection context.",)),
    get("an id in another case", "posts/AAAAAAAAAAAAAAA", status=404),
    get("an id full of surprises", "posts/%00%ff%2e%2e", status=404),
    get("expanded", "posts/{a}?expand=author,comments_via_post.by", has=('"by":{', '"author":{')),
    get("expanded to what only superusers see", "safes/{a}?expand=author", by="root", has=('"expand":{}',)),
    get(
        "chosen fields", "posts/{a}?fields=title:excerpt(3),data", has=('{"data":{"k":[1,2]},"title":"fir"}',)
    ),
    get("a filter means nothing here", "posts/{a}?filter=(((", has=('"first"',)),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_view(
    scenario: Scenario, gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]
) -> None:
    play(gateway, scenario, tokens, names)


@pytest.mark.parametrize(("target", "expected"), [("posts/a", 200), ("posts/c", 404), ("safes/a", 403)])
def test_head_tells_as_much(gateway: Gateway, tokens: Mapping[str, str], target: str, expected: int) -> None:
    collection, letter = target.split("/")
    status, _, body = gateway.handle("HEAD", f"/api/collections/{collection}/records/{letter * 15}", {}, b"")
    assert (status, body) == (expected, b"")
