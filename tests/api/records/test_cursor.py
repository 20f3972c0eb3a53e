"""?cursor= on GET /api/collections/{collection}/records, which PocketBase does not have."""

import json
from collections.abc import Mapping
from urllib.parse import quote

import pytest

from dev.gateway import Gateway
from tests.scenario import Scenario, play

URL = "/api/collections/{}/records"


def get(name: str, query: str, **expected: object) -> Scenario:
    return Scenario(name, "GET", URL.format("posts") + query, **expected)  # type: ignore[arg-type]


SCENARIOS = [
    get("asked for, and all is on one page", "?cursor=", has=('{"cursor":"","items":[{',)),
    get("asked for, and there is more", "?cursor=&perPage=1", lacks=('"cursor":""',), has=('"cursor":"',)),
    get(
        "nothing is counted",
        "?cursor=&perPage=1",
        has=('"page":1,"perPage":1,"totalItems":-1,"totalPages":-1',),
    ),
    get("not asked for", "?perPage=1", lacks=("cursor",)),
    get("backwards", "?cursor=&sort=-@rowid&fields=title", has=('[{"title":"second"},{"title":"first"}]',)),
    get("with a filter", "?cursor=&filter=title='second'", has=('"second"',), lacks=('"first"',)),
    get("no cursor", "?cursor=x", status=400, has=("The cursor is not valid here", '"status":400')),
    get("an order that nothing gives", "?cursor=&sort=title", status=400, has=("only when an index gives",)),
    get("with a page", "?cursor=&page=2", status=400, has=("leave out page",)),
    get("a filter that is none", "?cursor=&filter=(((", status=400, has=("Something went wrong",)),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_cursor(
    scenario: Scenario, gateway: Gateway, tokens: Mapping[str, str], names: Mapping[str, str]
) -> None:
    play(gateway, scenario, tokens, names)


def test_from_page_to_page(gateway: Gateway, tokens: Mapping[str, str]) -> None:
    first = play(gateway, get("first", "?cursor=&perPage=1")).json()
    second = play(gateway, get("second", f"?perPage=1&cursor={first['cursor']}")).json()
    assert [first["items"][0]["title"], second["items"][0]["title"]] == ["first", "second"]
    assert second["cursor"] == ""
    assert quote(first["cursor"], safe="") == first["cursor"]


def test_anothers_cursor(gateway: Gateway, tokens: Mapping[str, str]) -> None:
    cursor = play(gateway, get("ann's", "?cursor=&perPage=1", by="ann"), tokens).json()["cursor"]
    again = f"?perPage=1&cursor={cursor}"
    assert play(gateway, get("ann again", again, by="ann"), tokens).json()["items"][0]["title"] == "second"
    for who in ("", "zoe", "root"):
        play(gateway, get("somebody else", again, by=who, status=400), tokens)


def test_other_lists_do_not_care(gateway: Gateway, superuser: tuple[object, str]) -> None:
    status, _, body = gateway.handle("GET", "/api/collections?cursor=x", {"Authorization": superuser[1]})
    assert (status, "cursor" in json.loads(body)) == (200, False)
