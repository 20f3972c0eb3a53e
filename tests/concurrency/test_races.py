"""Many clients at once, over HTTP, on Quoll with its embedded AWS: nothing is written twice or lost."""

import http.client
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple

import pytest

from tests.servers import EMAIL, PASSWORD, Server, quoll

MANY = 50
COUNTERS = "/api/collections/race_counters/records"
ITEMS = "/api/collections/race_items/records"

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("races")]


class Answer(NamedTuple):
    status: int
    body: Any


class Client(NamedTuple):
    """The superuser, at a running server."""

    server: Server
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Content-Type": "application/json", "Authorization": self.token}
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)) as connection:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read()
        return Answer(response.status, json.loads(text) if text else None)

    def as_guest(self) -> "Client":
        return self._replace(token="")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with quoll(tmp_path_factory.mktemp("races")) as server:
        signed_in = Client(server).ask(
            "POST",
            "/api/collections/_superusers/auth-with-password",
            {"identity": EMAIL, "password": PASSWORD},
        )
        client = Client(server, signed_in.body["token"])
        _make_collections(client)
        yield client


def _make_collections(client: Client) -> None:
    counters = {
        "name": "race_counters",
        "type": "base",
        "fields": [
            {"name": "count", "type": "number"},
            {"name": "left", "type": "text"},
            {"name": "right", "type": "text"},
            {"name": "names", "type": "select", "values": [f"v{n}" for n in range(MANY)], "maxSelect": MANY},
        ],
    }
    items = {
        "name": "race_items",
        "type": "base",
        "fields": [{"name": "slug", "type": "text"}],
        "indexes": ["CREATE UNIQUE INDEX idx_race_slug ON race_items (slug)"],
    }
    for collection in (counters, items):
        assert client.ask("POST", "/api/collections", collection).status == 200


def at_once(work: Callable[[int], Answer], times: int = MANY) -> list[Answer]:
    """`work(0)`, `work(1)`, ... in as many threads."""
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(work, range(times)))


def statuses(answers: list[Answer]) -> dict[int, int]:
    seen = [answer.status for answer in answers]
    return {status: seen.count(status) for status in sorted(set(seen))}


def make_counter(client: Client) -> str:
    answer = client.ask("POST", COUNTERS, {"count": 0})
    assert answer.status == 200
    return f"{COUNTERS}/{answer.body['id']}"


def test_a_unique_value_is_given_once(client: Client) -> None:
    answers = at_once(lambda _: client.ask("POST", ITEMS, {"slug": "taken"}))
    assert statuses(answers) == {200: 1, 400: MANY - 1}
    refusals = {answer.body["data"]["slug"]["code"] for answer in answers if answer.status == 400}
    assert refusals == {"validation_not_unique"}
    assert client.ask("GET", f"{ITEMS}?filter=slug='taken'").body["totalItems"] == 1


def test_a_record_id_is_given_once(client: Client) -> None:
    body = {"id": "sameidsameid001"}
    answers = at_once(lambda n: client.ask("POST", ITEMS, {**body, "slug": f"own {n}"}))
    assert statuses(answers) == {200: 1, 400: MANY - 1}
    assert {code for a in answers if a.status == 400 for code in a.body["data"]} == {"id"}
    # The slugs of the refused ones are free: nothing of a refused write stays.
    lost = next(n for n, answer in enumerate(answers) if answer.status == 400)
    assert client.ask("POST", ITEMS, {"slug": f"own {lost}"}).status == 200


def test_a_unique_value_moves_to_one_of_many(client: Client) -> None:
    ids = [client.ask("POST", ITEMS, {"slug": f"mover {n}"}).body["id"] for n in range(10)]
    answers = at_once(lambda n: client.ask("PATCH", f"{ITEMS}/{ids[n]}", {"slug": "wanted"}), len(ids))
    assert statuses(answers) == {200: 1, 400: 9}
    assert client.ask("GET", f"{ITEMS}?filter=slug='wanted'").body["totalItems"] == 1


def test_no_increment_is_lost(client: Client) -> None:
    counter = make_counter(client)
    answers = at_once(lambda _: client.ask("PATCH", counter, {"count+": 1}))
    assert statuses(answers) == {200: MANY}
    assert client.ask("GET", counter).body["count"] == MANY
    assert sorted(answer.body["count"] for answer in answers) == list(range(1, MANY + 1))


def test_no_appended_value_is_lost(client: Client) -> None:
    counter = make_counter(client)
    answers = at_once(lambda n: client.ask("PATCH", counter, {"names+": f"v{n}"}))
    assert statuses(answers) == {200: MANY}
    assert sorted(client.ask("GET", counter).body["names"]) == sorted(f"v{n}" for n in range(MANY))


def test_updates_of_different_fields_are_both_there(client: Client) -> None:
    counter = make_counter(client)
    bodies = [{"left": "l"}, {"right": "r"}]
    assert statuses(at_once(lambda n: client.ask("PATCH", counter, bodies[n]), 2)) == {200: 2}
    found = client.ask("GET", counter).body
    assert (found["left"], found["right"]) == ("l", "r")


def test_a_record_is_deleted_once(client: Client) -> None:
    counter = make_counter(client)
    assert statuses(at_once(lambda _: client.ask("DELETE", counter), 20)) == {204: 1, 404: 19}


def test_an_update_does_not_bring_back_what_is_deleted(client: Client) -> None:
    counter = make_counter(client)
    work = [("DELETE", None)] + [("PATCH", {"count+": 1})] * 10
    answers = at_once(lambda n: client.ask(work[n][0], counter, work[n][1]), len(work))
    assert answers[0].status == 204
    assert set(statuses(answers[1:])) <= {200, 404}
    assert client.ask("GET", counter).status == 404


def test_collections_changed_at_once_are_all_changed(client: Client) -> None:
    for n in range(8):
        assert (
            client.ask("POST", "/api/collections", {"name": f"race_many_{n}", "type": "base"}).status == 200
        )
    answers = at_once(lambda n: client.ask("PATCH", f"/api/collections/race_many_{n}", {"listRule": ""}), 8)
    assert statuses(answers) == {200: 8}
    found = client.ask("GET", "/api/collections?filter=name~'race_many_'").body["items"]
    assert [collection["listRule"] for collection in found] == [""] * 8


def test_a_collection_name_is_given_once(client: Client) -> None:
    body = {"name": "race_same", "type": "base"}
    assert statuses(at_once(lambda _: client.ask("POST", "/api/collections", body), 10)) == {200: 1, 400: 9}
    found = client.ask("GET", "/api/collections?filter=name='race_same'").body
    assert found["totalItems"] == 1


def test_options_changed_at_once_in_one_collection_are_all_there(client: Client) -> None:
    assert client.ask("POST", "/api/collections", {"name": "race_rules", "type": "base"}).status == 200
    rules = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule"]
    path = "/api/collections/race_rules"
    answers = at_once(lambda n: client.ask("PATCH", path, {rules[n]: "id != ''"}), len(rules))
    assert statuses(answers) == {200: len(rules)}
    found = client.ask("GET", path).body
    assert [found[rule] for rule in rules] == ["id != ''"] * len(rules)


def test_a_limit_holds_for_many_at_once(client: Client) -> None:
    """Exactly as many pass as may, however many ask."""
    rule = {"label": "/api/collections/race_items/records", "duration": 80_000, "maxRequests": 10}
    limits = {"rateLimits": {"enabled": True, "rules": [rule]}}
    assert client.ask("PATCH", "/api/settings", limits).status == 200
    guest = client.as_guest()
    assert statuses(at_once(lambda _: guest.ask("GET", ITEMS))) == {403: 10, 429: MANY - 10}
    assert client.ask("GET", ITEMS).status == 200
    assert client.ask("PATCH", "/api/settings", {"rateLimits": {"enabled": False}}).status == 200
