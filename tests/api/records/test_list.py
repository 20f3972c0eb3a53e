"""GET /api/collections/{collection}/records."""

from collections.abc import Mapping

import pytest

from dev.gateway import Gateway
from tests.scenario import Scenario, play

URL = "/api/collections/{}/records"
BAD = '{"data":{},"message":"Something went wrong while processing your request.","status":400}'


def get(name: str, collection: str, query: str = "", **expected: object) -> Scenario:
    return Scenario(name, "GET", URL.format(collection) + query, **expected)  # type: ignore[arg-type]


EMPTY = '{"items":[],"page":1,"perPage":30,"totalItems":0,"totalPages":0}'
SCENARIOS = [
    get("everybody sees what an empty rule shows", "posts", has=('"totalItems":2', '"first"', '"second"')),
    get("the collection by its id", "posts_id", has=('"totalItems":2',)),
    get("the collection in another case", "POSTS", has=('"totalItems":2',)),
    get("a rule hides what it does not match", "notes", has=('"totalItems":1', '"ok"'), lacks=('"ko"',)),
    get("superusers see behind rules", "notes", by="root", has=('"totalItems":2', '"ko"')),
    get(
        "no rule: a guest is refused", "safes", status=403, has=("Only superusers can perform this action.",)
    ),
    get("no rule: a user is refused", "safes", by="ann", status=403),
    get("no rule: a superuser is not", "safes", by="root", has=('"gold"',)),
    get("users see themselves", "users", by="ann", has=('"totalItems":1', '"ann@example.com"')),
    get("guests see no users", "users", has=(EMPTY,)),
    get("a token of nobody is a guest's", "users", by="nonsense", has=(EMPTY,)),
    get("no such collection", "nowhere", status=404, has=("Missing collection context.",)),
    get("hidden fields stay hidden", "authors", lacks=("hush", "secret")),
    get("but not from superusers", "authors", by="root", has=('"secret":"hush"',)),
    get(
        "a filter",
        "posts",
        "?filter=title%3D%22first%22",
        has=('"totalItems":1', '"first"'),
        lacks=('"second"',),
    ),
    get(
        "a filter over a relation",
        "posts",
        "?filter=author.name%3D'bob'",
        has=('"second"',),
        lacks=('"first"',),
    ),
    get(
        "a filter over a back-relation",
        "authors",
        "?filter=posts_via_author.title%3F%3D'first'",
        has=('"ann"',),
    ),
    get("a filter that is no filter", "posts", "?filter=(((", status=400, has=(BAD,)),
    get("a filter on no field", "posts", "?filter=nofield%3D1", status=400, has=(BAD,)),
    get("a filter on a hidden field", "authors", "?filter=secret%3D'hush'", status=400, has=(BAD,)),
    get("which superusers may use", "authors", "?filter=secret%3D'hush'", by="root", has=('"totalItems":1',)),
    get(
        "a filter that superusers may use",
        "posts",
        "?filter=@request.auth.id%3D''",
        status=403,
        has=("Only superusers can filter by @request.",),
    ),
    get("a sort", "posts", "?sort=-title&fields=title", has=('[{"title":"second"},{"title":"first"}]',)),
    get("a sort by nothing known", "posts", "?sort=nofield", status=400, has=(BAD,)),
    get("a page", "posts", "?page=2&perPage=1", has=('"page":2,"perPage":1,"totalItems":2,"totalPages":2',)),
    get("a page after the end", "posts", "?page=9", has=('"items":[],"page":9,"perPage":30,"totalItems":2',)),
    get("pages are at most 1000 long", "posts", "?perPage=5000", has=('"perPage":1000',)),
    get("pages below one are the first", "posts", "?page=-1&perPage=0", has=('"page":1,"perPage":30',)),
    get("no totals", "posts", "?skipTotal=1", has=('"totalItems":-1,"totalPages":-1',)),
    get("expanded", "posts", "?expand=author,tags", has=('"expand":{"author":{', '"tags":[{')),
    get("expanded with nothing to show", "posts", "?expand=nothing", lacks=("expand",)),
    get(
        "chosen fields",
        "posts",
        "?fields=id,expand.author.name&expand=author&perPage=1",
        has=('{"expand":{"author":{"name":"ann"}},"id":"{a}"}',),
    ),
    get("what a filter over a closed collection shows", "safes", "?filter=name%3D'gold'", status=403),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_list(
    scenario: Scenario, gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]
) -> None:
    play(gateway, scenario, tokens, names)


def test_head_is_get_without_the_body(gateway: Gateway, tokens: Mapping[str, str]) -> None:
    status, headers, body = gateway.handle("HEAD", URL.format("posts"), {}, b"")
    assert (status, body) == (200, b"")
    assert headers["Content-Type"] == "application/json"


def test_the_shape_of_the_answer(
    gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]
) -> None:
    answer = play(gateway, get("tags", "tags", "?perPage=1")).json()
    record = {"collectionId": "tags_id", "collectionName": "tags", "id": names["a"], "name": "red"}
    assert answer == {"items": [record], "page": 1, "perPage": 1, "totalItems": 2, "totalPages": 2}
