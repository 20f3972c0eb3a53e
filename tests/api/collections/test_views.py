"""View collections, from the query to the records."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.collections.create import create_collection, ensure_defaults
from chalicelib.collections.load import get_catalog
from chalicelib.config import get_config
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.records import related
from chalicelib.views import derive
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.people import add_person
from tests.scenario import Answer, Scenario, play

COLLECTIONS = "/api/collections"
POSTS = f"{COLLECTIONS}/posts/records"
SEEN = f"{COLLECTIONS}/seen/records"
QUERY = "select id, title, likes, author, upper(secret) as loud, count(id) as c from posts group by id"
ONE, TWO = "post0000000001a", "post0000000002a"
ANN = "author00000001a"
OPEN = {"listRule": "", "viewRule": ""}
TEXT = {"name": "title", "type": "text", "max": 9}


def make(name: str, query: str, **options: Any) -> dict[str, Any]:
    return create_collection({"name": name, "type": "view", "viewQuery": query, **OPEN, **options})


@pytest.fixture
def tokens(gateway: Gateway, superuser: Superuser) -> dict[str, str]:
    """A superuser's token; there are posts, and a view of them."""
    tokens = {"root": superuser.token}
    authors = create_collection({"name": "authors", "fields": [{"name": "name", "type": "text"}], **OPEN})
    fields = [
        TEXT,
        {"name": "likes", "type": "number"},
        {"name": "author", "type": "relation", "collectionId": authors["id"], "maxSelect": 1},
        {"name": "secret", "type": "text", "hidden": True},
    ]
    create_collection({"name": "posts", "fields": fields})
    path = f"{COLLECTIONS}/authors/records"
    play(gateway, Scenario("ann", "POST", path, {"id": ANN, "name": "Ann"}, by="root"), tokens)
    for place, key in enumerate((ONE, TWO), start=1):
        values = {"id": key, "title": f"t{place}", "likes": place, "author": ANN, "secret": "s"}
        play(gateway, Scenario("a post", "POST", POSTS, values, by="root"), tokens)
    make("seen", QUERY)
    return tokens


def patch(name: str, body: dict[str, Any], status: int = 200, *has: str) -> Scenario:
    return Scenario(
        f"change {name}", "PATCH", f"{COLLECTIONS}/{name}", body, by="root", status=status, has=has
    )


def get(path: str, status: int = 200, *has: str) -> Scenario:
    return Scenario(path, "GET", path, status=status, has=has)


def records(gateway: Gateway, name: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = play(gateway, get(f"{COLLECTIONS}/{name}/records{query}")).json()["items"]
    return found


READS = [
    get(SEEN, 200, '"totalItems":2', '"loud":"S"', '"c":1'),
    get(f"{SEEN}?filter=likes>1", 200, '"totalItems":1', TWO),
    get(f"{SEEN}?filter=author.name='Ann'&sort=-likes&perPage=1", 200, TWO, '"totalPages":2'),
    get(f"{SEEN}?skipTotal=1&perPage=1", 200, '"totalItems":-1', ONE),
    get(f"{SEEN}/{TWO}?expand=author", 200, '"name":"Ann"'),
    get(f"{SEEN}/nope", 404),
    get(f"{SEEN}?sort=@rowid", 400),
    get(f"{SEEN}?cursor=", 400, "Views are not read by cursor"),
    get(f"{SEEN}?filter=nope=1", 400),
    Scenario("explained", "GET", f"{COLLECTIONS}/seen/explain", by="root", has=("plan",)),
]


@pytest.mark.parametrize("scenario", READS, ids=str)
def test_records_are_read(scenario: Scenario, gateway: Gateway, tokens: dict[str, str]) -> None:
    play(gateway, scenario, tokens)


WRITES = [
    Scenario("create", "POST", SEEN, {"title": "x"}, by="root", status=400),
    Scenario("create as a guest", "POST", SEEN, {"title": "x"}, status=400),
    Scenario("update", "PATCH", f"{SEEN}/{ONE}", {"title": "x"}, by="root", status=400),
    Scenario("delete", "DELETE", f"{SEEN}/{ONE}", by="root", status=400),
    Scenario("truncate", "DELETE", f"{COLLECTIONS}/seen/truncate", by="root", status=400),
]


@pytest.mark.parametrize("scenario", WRITES, ids=str)
def test_nothing_is_written_through_it(scenario: Scenario, gateway: Gateway, tokens: dict[str, str]) -> None:
    play(gateway, scenario, tokens)
    assert [each["title"] for each in records(gateway, "seen")] == ["t1", "t2"]


def test_what_a_source_gets_is_seen_at_once(gateway: Gateway, tokens: dict[str, str]) -> None:
    play(gateway, Scenario("likes", "PATCH", f"{POSTS}/{ONE}", {"likes": 9}, by="root"), tokens)
    assert [each["likes"] for each in records(gateway, "seen", "?sort=-likes")] == [9, 2]


def test_deleting_what_a_view_refers_to_ignores_the_view(gateway: Gateway, tokens: dict[str, str]) -> None:
    play(
        gateway,
        Scenario("gone", "DELETE", f"{COLLECTIONS}/authors/records/{ANN}", by="root", status=204),
        tokens,
    )
    assert [each["author"] for each in records(gateway, "seen")] == ["", ""]


def test_rules_hide_records(gateway: Gateway, tokens: dict[str, str]) -> None:
    play(gateway, patch("seen", {"listRule": "likes > 1", "viewRule": "@request.auth.id != ''"}), tokens)
    assert [each["id"] for each in records(gateway, "seen")] == [TWO]
    play(gateway, get(f"{SEEN}/{TWO}", 404))
    play(gateway, patch("seen", {"listRule": None}), tokens)
    play(gateway, get(SEEN, 403))


def test_an_address_that_a_view_shows_can_be_looked_for(gateway: Gateway, tokens: dict[str, str]) -> None:
    """The view's rules decide who sees it, and not who it belongs to."""
    add_person(id="person00000001a", email="ann@example.com")
    make("people", "select id, email, verified from users")
    (found,) = records(gateway, "people", "?filter=email~'ann@'")
    assert found["email"] == "ann@example.com"
    play(gateway, patch("users", {"listRule": ""}), tokens)
    assert records(gateway, "users", "?filter=email~'ann@'") == []


def test_a_view_of_a_view_follows_its_source(gateway: Gateway, tokens: dict[str, str]) -> None:
    make("second", "select seen.id, seen.title, seen.id as first from seen")
    assert [each["title"] for each in records(gateway, "second", "?filter=first.likes=2")] == ["t2"]
    changed = {"fields": [*field_json("posts", title={"max": 33})]}
    play(gateway, patch("posts", changed), tokens)
    assert [field_of("seen", "title")["max"], field_of("second", "title")["max"]] == [33, 33]


def field_json(name: str, **changes: dict[str, Any]) -> list[dict[str, Any]]:
    collection = get_catalog().find(name)
    assert collection
    return [{**each.to_json(), **changes.get(each.name, {})} for each in collection.fields]


def field_of(collection: str, name: str) -> dict[str, Any]:
    return next(each for each in field_json(collection) if each["name"] == name)


def test_a_source_keeps_what_a_view_shows(gateway: Gateway, tokens: dict[str, str]) -> None:
    kept = [each for each in field_json("posts") if each["name"] != "likes"]
    lost = "failed to drop column likes - SQL logic error: error in view seen after drop column"
    play(gateway, patch("posts", {"fields": kept}, 400, lost), tokens)
    renamed = {"fields": field_json("posts", title={"name": "heading"})}
    play(gateway, patch("posts", renamed, 400, "failed to rename column title"), tokens)
    play(gateway, Scenario("delete", "DELETE", f"{COLLECTIONS}/posts", by="root", status=400), tokens)
    play(gateway, imported([{"name": "posts", "fields": kept}], 400, "failed to drop column likes"), tokens)
    assert len(records(gateway, "seen")) == 2


def imported(listed: list[dict[str, Any]], status: int = 204, *has: str) -> Scenario:
    body = {"collections": listed, "deleteMissing": False}
    if status == 400:
        body["deleteMissing"] = True
        seen = {"name": "seen", "type": "view", "viewQuery": QUERY}
        body["collections"] = [*listed, seen]
        has = ("no such column: likes",)
    return Scenario("import", "PUT", f"{COLLECTIONS}/import", body, by="root", status=status, has=has)


def test_a_renamed_source_is_still_read(gateway: Gateway, tokens: dict[str, str]) -> None:
    play(gateway, patch("posts", {"name": "articles"}), tokens)
    assert len(records(gateway, "seen")) == 2
    play(gateway, patch("seen", {"viewQuery": QUERY + " "}, 400, "no such table: main.posts"), tokens)


def test_views_do_not_read_themselves(gateway: Gateway, tokens: dict[str, str]) -> None:
    make("second", "select id, title from seen")
    for query in ("select id from seen", "select id from second"):
        play(gateway, patch("seen", {"viewQuery": query}, 400, "no such table"), tokens)


def test_imported_in_any_order(gateway: Gateway, tokens: dict[str, str]) -> None:
    views = [
        {"name": "v2", "type": "view", "viewQuery": "select id, n from v1"},
        {"name": "v1", "type": "view", "viewQuery": "select id, name as n from base1"},
        {"name": "base1", "type": "base", "fields": [{"name": "name", "type": "text"}]},
    ]
    play(gateway, imported(views), tokens)
    assert field_of("v2", "n")["type"] == "text"
    play(gateway, imported(views), tokens)


def test_hashes_and_keys_are_not_told(gateway: Gateway, tokens: dict[str, str]) -> None:
    make(
        "leak",
        "select id, email, password, tokenKey, upper(tokenKey) as k, length(password) as n from _superusers",
    )
    (found,) = play(gateway, replace(get(f"{COLLECTIONS}/leak/records"), by="root"), tokens).json()["items"]
    assert {found.get(name) for name in ("password", "tokenKey", "k")} <= {"", None}
    assert found["n"] == 0


def test_a_budget_that_is_too_small_is_told(
    gateway: Gateway, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=1))
    play(gateway, get(SEEN, 400, "more than 1 records", "QUOLL_QUERY_BUDGET"))


def test_rules_are_closed_whatever_there_is_to_read(
    gateway: Gateway, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "get_config", lambda: replace(get_config(), query_budget=1))
    play(gateway, patch("seen", {"listRule": None}), tokens)
    play(gateway, patch("seen", {"viewQuery": QUERY + " "}, 400, "more than 1 records"), tokens)


def test_what_guests_write_leaves_the_answer_json(gateway: Gateway, tokens: dict[str, str]) -> None:
    make("loose", "select id, (title) as t, (1e400) as inf from posts")
    for written in ("NaN", "-Infinity", "[1e999]"):
        play(gateway, Scenario("a title", "PATCH", f"{POSTS}/{ONE}", {"title": written}, by="root"), tokens)
        answer = play(gateway, get(f"{COLLECTIONS}/loose/records/{ONE}"))
        found = json.loads(answer.text, parse_constant=pytest.fail)
        assert (found["t"], found["inf"]) == (written, None)


def test_only_superusers_are_told_what_is_wrong_with_a_view(gateway: Gateway, tokens: dict[str, str]) -> None:
    make("first", "select id, title from posts")
    make("second", "select id, title from first")
    play(gateway, patch("first", {"viewQuery": "select id, likes from posts"}), tokens)
    path = f"{COLLECTIONS}/second/records"
    for asked in (path, f"{path}/{ONE}"):
        told = play(gateway, get(asked, 400, "Something went wrong")).text
        assert "title" not in told
        play(gateway, replace(get(asked, 400, "no such column: title"), by="root"), tokens)


def test_files_of_a_view_are_not_sought_where_none_may_be_seen(
    gateway: Gateway, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [{"name": "open", "type": "file"}, {"name": "closed", "type": "file", "protected": True}]
    create_collection({"name": "papers", "fields": files})
    path = f"{COLLECTIONS}/papers/records"
    for _ in range(2):
        play(gateway, Scenario("a paper", "POST", path, {}, by="root"), tokens)
    make("closed", "select id, closed from papers", viewRule=None)
    make("opened", "select id, open from papers", viewRule=None)
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=1))
    for name in ("seen", "closed"):
        answer = play(gateway, get(f"/api/files/{name}/{ONE}/x.png", 404))
        assert "items=" not in answer.headers["x-quoll-cost"] or "items=0" in answer.headers["x-quoll-cost"]
    play(gateway, get(f"/api/files/opened/{ONE}/x.png", 400, "more than 1 records"))


def test_reading_costs_its_sources(gateway: Gateway, tokens: dict[str, str]) -> None:
    answer: Answer = play(gateway, get(SEEN))
    assert "items=2" in answer.headers["x-quoll-cost"]


DRY = f"{COLLECTIONS}/meta/dry-run-view"


def test_a_dry_run_makes_nothing(gateway: Gateway, tokens: dict[str, str]) -> None:
    before = len(get_catalog())
    shown = play(gateway, Scenario("dry", "POST", DRY, {"query": QUERY}, by="root"), tokens).json()
    assert [each["name"] for each in shown["fields"]] == ["id", "title", "likes", "author", "loud", "c"]
    assert [each["title"] for each in shown["sample"]] == ["t1", "t2"]
    play(
        gateway,
        Scenario(
            "bad", "POST", DRY, {"query": "select 1"}, by="root", status=400, has=("missing required id",)
        ),
        tokens,
    )
    assert len(get_catalog()) == before


def test_views_are_left_alone_by_start_up(gateway: Gateway, tokens: dict[str, str]) -> None:
    ensure_defaults()
    found = get_catalog().find("seen")
    assert found and not found.slots and not found.edges


@pytest.mark.parametrize(
    "query", ["select null as id", "select author as id from posts", "select id from nope"]
)
def test_refused(query: str, gateway: Gateway, tokens: dict[str, str]) -> None:
    with pytest.raises(ValidationFailed):
        make("other", query)
    with pytest.raises(BadRequest):
        create_collection({"name": "other", "type": "view", "viewQuery": ["x"]})
