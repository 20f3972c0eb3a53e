"""POST /api/sql."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.config import get_config
from chalicelib.records import related
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.scenario import Answer, Scenario, play

POSTS = {
    "name": "posts",
    "type": "base",
    "fields": [
        {"name": "title", "type": "text"},
        {"name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2},
    ],
}
READS_ONLY = "only statements that read are supported: change records and collections through the API."


def ask(query: Any, status: int = 200, *has: str) -> Scenario:
    return Scenario(str(query)[:40], "POST", "/api/sql", {"query": query}, by="root", status=status, has=has)


SCENARIOS = [
    Scenario("a guest", "POST", "/api/sql", {"query": "select 1"}, status=401),
    ask("select title, tags from posts order by title", 200, '[["one","[\\"a\\"]"],["two","[]"]]'),
    ask("select 1; select 2 as x", 200, '"columns":[{"name":"x","type":"","nullable":true}],"rows":[["2"]]'),
    ask("select 1 /* ; */", 200, '"rows":[["1"]]'),
    ask("select title -- don't\nfrom posts where title = 'one'; -- ; '", 200, '[["one"]]'),
    ask("select '-- a;b', \"/*\" from (select 1 as `/*`) /* open", 200, '[["-- a;b","1"]]'),
    ask("/* c */ explain select 1", 200, '"opcode"'),
    ask("explain vacuum", 400, READS_ONLY),
    ask("select 1\0; x", 200, '"rows":[["1"]]'),
    ask("-- nothing", 200, '"columns":[],"rows":[]'),
    ask("select password, tokenKey from _superusers", 200, '"rows":[["",""]]'),
    ask("select count(*) from _collections", 400, "no such table: _collections"),
    ask("select * from sqlite_master", 400, "no such table"),
    ask("insert into posts (id) values ('x')", 400, READS_ONLY),
    ask("select 1; delete from posts", 400, READS_ONLY),
    ask("delete from posts; select 1", 400, READS_ONLY),
    ask("drop table posts", 400, READS_ONLY),
    ask("pragma table_info(posts)", 400),
    ask("attach 'x.db' as y", 400, READS_ONLY),
    ask("select ?", 400, "missing argument with index 1."),
    ask("select :a", 400, 'missing named argument \\"a\\".'),
    ask("select {:a}", 400, "Named parameter not found: a."),
    ask("select json('{\"a\":1}'), ('it''s :b, ?') /* :c */", 200, '[["{\\"a\\":1}","it\'s :b, ?"]]'),
    ask("select (:d)", 400, 'missing named argument \\"d\\".'),
    ask("explain query plan select * from posts", 200, "SCAN posts"),
    ask("\ud800", 400),
    ask("select '\x00'", 400),
    ask(5, 400, "An error occurred while loading the submitted data."),
    ask("", 400, "Cannot be blank."),
]


@pytest.fixture
def posts(gateway: Gateway, superuser: Superuser) -> None:
    create_collection(POSTS)
    for values in ({"title": "one", "tags": ["a"]}, {"title": "two"}):
        path = "/api/collections/posts/records"
        play(gateway, Scenario("a post", "POST", path, values, by="root"), {"root": superuser.token})


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_sql(scenario: Scenario, gateway: Gateway, superuser: Superuser, posts: None) -> None:
    play(gateway, scenario, {"root": superuser.token})


def run(query: str, gateway: Gateway, superuser: Superuser, status: int = 200) -> Answer:
    return play(gateway, ask(query, status), {"root": superuser.token})


def test_nothing_is_written(gateway: Gateway, superuser: Superuser, posts: None) -> None:
    for scenario in SCENARIOS:
        play(gateway, scenario, {"root": superuser.token})
    assert run("select count(*) from posts", gateway, superuser).json()["rows"] == [["2"]]


def test_only_what_is_named_is_read(gateway: Gateway, superuser: Superuser, posts: None) -> None:
    named = run("select title from posts", gateway, superuser)
    nothing = run("select 1", gateway, superuser)
    assert "items=2" in named.headers["x-quoll-cost"]
    assert "items=0" in nothing.headers["x-quoll-cost"]


def test_the_budget_holds(
    gateway: Gateway, superuser: Superuser, posts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(related, "get_config", lambda: replace(get_config(), query_budget=1))
    answer = run("select count(*) from posts", gateway, superuser, 400)
    assert "reads more than 1 records" in answer.text
