"""Random lists on both servers: ``python -m tests.parity.generated [--seed N] [--count M] [--world W]``.

Each world is made of its seed and number alone, and with it its requests: a difference that is printed is
seen again with the same seed and ``--world``.
"""

import argparse
import http.client
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.parity.generated_requests import GUEST, ROOT, Request, make_request, make_rule
from tests.parity.generated_world import PASSWORD, World, collection_id, make_world
from tests.servers import EMAIL, Server, pocketbase, quoll
from tests.servers import PASSWORD as ROOT_PASSWORD

PER_WORLD = 100
# So many requests in a row are asked under the same list rule.
PER_RULE = 10
Answer = tuple[int, Any]
Servers = tuple[Server, Server]
# The seed, which world of it, and how many requests.
Place = tuple[int, int, int]


@dataclass
class Talk:
    """A connection to one server, and the tokens of those who ask."""

    connection: http.client.HTTPConnection
    tokens: dict[str, str] = field(default_factory=lambda: {GUEST: ""})
    cost: str = ""

    def send(
        self, method: str, target: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Status and JSON of the answer; by a superuser if no headers are given."""
        sent = {"Authorization": self.tokens.get(ROOT, "")} if headers is None else headers
        data = None if body is None else json.dumps(body)
        given = {"Content-Type": "application/json", **{key: text for key, text in sent.items() if text}}
        self.connection.request(method, target, data, given)
        answer = self.connection.getresponse()
        self.cost = answer.headers.get("x-quoll-cost", "")
        return answer.status, json.loads(answer.read() or "null")

    def sign_in(self, who: str, collection: str, password: str) -> None:
        """Keep somebody's token."""
        identity = EMAIL if who == ROOT else f"{who}@example.com"
        path = f"/api/collections/{collection}/auth-with-password"
        status, answer = self.send("POST", path, {"identity": identity, "password": password}, {})
        assert status == 200, (who, answer)
        self.tokens[who] = answer["token"]

    def ask(self, request: Request) -> Answer:
        """The answer to a list request, its records as their ids."""
        status, answer = self.send(
            "GET", request.target, None, {"Authorization": self.tokens[request.who], **request.headers}
        )
        if status == 200:
            ids = [item["id"] for item in answer["items"]]
            answer["items"] = sorted(ids) if request.is_loose else ids
        return status, answer


@dataclass(frozen=True)
class Difference:
    """A request, or a write, that the two servers answer differently."""

    where: str
    asked: str
    real: Answer
    ours: Answer

    def __str__(self) -> str:
        return f"{self.where}\n    {self.asked}\n    real: {self.real}\n    ours: {self.ours}"


@dataclass
class Tally:
    """What the requests were: how they ended, and how they were read."""

    kinds: Counter[str] = field(default_factory=Counter)

    def note(self, answer: Answer, cost: str) -> None:
        """One more answer; what it cost names the plan."""
        self.kinds[f"status {answer[0]}"] += 1
        self.kinds["found some"] += answer[0] == 200 and bool(answer[1]["items"])
        for word in re.findall(r"unique|edge|union|rowid|gsi|ids|[=~](?=[,)])|filtered|sorted", cost):
            self.kinds[word] += 1

    def __str__(self) -> str:
        return ", ".join(f"{count} {kind}" for kind, count in self.kinds.most_common())


def compare(servers: Servers, place: Place, tally: Tally) -> Iterator[Difference]:
    """What differs in one world."""
    seed, number, count = place
    random = Random(f"{seed}/{number}")
    where = f"--seed {seed} --world {number}"
    world = make_world(random)
    real, ours = map(_talk_to, servers)
    yield from (replace(each, where=where) for each in _set_up(world, real, ours))
    for at in range(count):
        if at % PER_RULE == 0:
            rule = make_rule(random) if at % (3 * PER_RULE) else ""
            answers = [
                talk.send("PATCH", "/api/collections/posts", {"listRule": rule}) for talk in (real, ours)
            ]
            if answers[0][0] != answers[1][0]:
                yield Difference(where, f"rule {rule}", *answers)
        request = replace(make_request(random, world.indexed), rule=rule)
        one, other = real.ask(request), ours.ask(request)
        tally.note(one, ours.cost)
        if one != other:
            yield Difference(f"{where} request {at}", str(request), one, other)
    for talk in (real, ours):
        _tear_down(talk)


def _talk_to(server: Server) -> Talk:
    talk = Talk(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60))
    talk.sign_in(ROOT, "_superusers", ROOT_PASSWORD)
    return talk


def _set_up(world: World, real: Talk, ours: Talk) -> Iterator[Difference]:
    """Both have the same collections and records; what one refuses, the other must."""
    sent = {"collections": list(world.collections), "deleteMissing": False}
    writes = [("PUT", "/api/collections/import", sent)]
    writes += [("POST", f"/api/collections/{name}/records", dict(record)) for name, record in world.records]
    for method, path, body in writes:
        one, other = real.send(method, path, body), ours.send(method, path, body)
        if one[0] != other[0]:
            yield Difference("", f"{method} {path} {json.dumps(body)}", one, other)
    for name, record in world.records:
        if name == "people":
            for talk in (real, ours):
                talk.sign_in(str(record["email"]).split("@")[0], "people", PASSWORD)


def _tear_down(talk: Talk) -> None:
    """Remove everything, so that the next world begins with nothing."""
    talk.send("PATCH", "/api/collections/posts", {"listRule": ""})
    for name in ("notes", "posts", "teams", "people"):
        answer = talk.send("DELETE", f"/api/collections/{collection_id(name)}")
        assert answer[0] == 204, answer
    talk.connection.close()


def main() -> int:
    options = _read_options()
    numbers = [options.world] if options.world is not None else range(-(-options.count // PER_WORLD))
    found = asked = 0
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = (
            stack.enter_context(pocketbase(Path(folder, "real"))),
            stack.enter_context(quoll(Path(folder, "ours"))),
        )
        for number in numbers:
            for difference in compare(servers, (options.seed, number, PER_WORLD), tally):
                print(difference, flush=True)
                found += 1
            asked += PER_WORLD
            print(f"seed {options.seed}: {asked} requests, {found} differences", flush=True)
    print(tally)
    return int(found > 0)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000, help="how many requests, in worlds of 100")
    parser.add_argument("--world", type=int, help="only the world of this number")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
