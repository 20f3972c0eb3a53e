"""Quoll at `make run` beside the real PocketBase, in one run: ``python -m bench [--rounds 200]``.

The two are asked in turn, so that whatever else the machine does falls on both. Prints the median time
of each endpoint as a client sees them, and what Quoll's log says of each request: the milliseconds inside the
application, DynamoDB calls, and capacity units read and written.
"""

import argparse
import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.workload import RULES
from tests.servers import EMAIL, PASSWORD, Server, pocketbase, quoll

RECORDS = "/api/collections/bench_items/records"
TEXT = "x" * 900
ITEMS = {
    "name": "bench_items",
    "type": "base",
    **RULES,
    "fields": [
        {"name": "title", "type": "text"},
        {"name": "body", "type": "text"},
        {"name": "n", "type": "number"},
    ],
}
SLUGS = {
    **ITEMS,
    "name": "bench_slugs",
    "fields": [{"name": "slug", "type": "text"}],
    "indexes": ["CREATE UNIQUE INDEX idx_bench_slug ON bench_slugs (slug)"],
}


@dataclass(frozen=True)
class Endpoint:
    """What is measured; `{n}` in path and body is the round, `{token}` the superuser's."""

    name: str
    method: str
    path: str
    body: Any = None
    signed_in: bool = False


ENDPOINTS = (
    Endpoint("health", "GET", "/api/health"),
    Endpoint("view", "GET", f"{RECORDS}/item00000000007"),
    Endpoint("view, signed in", "GET", f"{RECORDS}/item00000000007", signed_in=True),
    Endpoint("list 30", "GET", RECORDS),
    Endpoint("list 30, no total", "GET", f"{RECORDS}?skipTotal=1"),
    Endpoint("list, filtered and sorted", "GET", f"{RECORDS}?filter=n>20&sort=-n"),
    Endpoint("list by a unique value", "GET", "/api/collections/bench_slugs/records?filter=slug='slug-7'"),
    Endpoint("update", "PATCH", f"{RECORDS}/item00000000008", {"title": "changed {n}"}),
    Endpoint("create", "POST", RECORDS, {"id": "new{n}", "title": "new", "body": TEXT}),
    Endpoint("delete", "DELETE", f"{RECORDS}/new{{n}}"),
    Endpoint("create, one unique index", "POST", "/api/collections/bench_slugs/records", {"slug": "new-{n}"}),
    Endpoint("auth-refresh", "POST", "/api/collections/_superusers/auth-refresh", signed_in=True),
)


@dataclass
class Target:
    """A server under measurement."""

    server: Server
    connection: http.client.HTTPConnection
    token: str = ""
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, endpoint: Endpoint, n: int = 0) -> Any:
        """One request, measured from the first byte sent to the last one read."""
        headers = {"Content-Type": "application/json", "User-Agent": endpoint.name}
        if endpoint.signed_in:
            headers["Authorization"] = self.token
        body = None if endpoint.body is None else _numbered(json.dumps(endpoint.body), n)
        started = time.perf_counter()
        self.connection.request(endpoint.method, _numbered(endpoint.path, n), body, headers)
        response = self.connection.getresponse()
        text = response.read()
        took = (time.perf_counter() - started) * 1000
        if response.status >= 400:
            raise RuntimeError(f"{self.server.name}, {endpoint.name}: {response.status} {text!r}")
        self.milliseconds.setdefault(endpoint.name, []).append(took)
        return json.loads(text) if text else None


def main() -> None:
    rounds = _read_rounds()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = (
            stack.enter_context(pocketbase(Path(folder, "real"))),
            stack.enter_context(quoll(Path(folder, "quoll"))),
        )
        real, ours = (_prepare(server) for server in servers)
        for endpoint in ENDPOINTS:
            measure(endpoint, (real, ours), rounds)
        costs = read_costs(ours.server.log)
        print_table(real, ours, costs)


def measure(endpoint: Endpoint, targets: tuple[Target, Target], rounds: int) -> None:
    """Ask both in turn; the first tenth is warming up and not counted."""
    warming = max(rounds // 10, 1)
    for n in range(warming + rounds):
        for target in targets:
            target.ask(endpoint, n)
    for target in targets:
        del target.milliseconds[endpoint.name][:warming]


def read_costs(log: Path) -> dict[str, dict[str, float]]:
    """Per endpoint, the medians of what Quoll's log says of its requests."""
    seen: dict[str, list[Mapping[str, Any]]] = {}
    for line in _read_lines(log):
        seen.setdefault(line["user_agent"], []).append(line)
    names = ("dynamodb_calls", "read_units", "write_units", "milliseconds")
    return {
        agent: {name: statistics.median(line[name] for line in lines) for name in names}
        for agent, lines in seen.items()
    }


def print_table(real: Target, ours: Target, costs: Mapping[str, Mapping[str, float]]) -> None:
    print(f"{'':28}{'PocketBase':>12}{'Quoll':>10}{'handler':>10}{'calls':>8}{'reads':>8}{'writes':>8}")
    for endpoint in ENDPOINTS:
        cost = costs[endpoint.name]
        times = (statistics.median(target.milliseconds[endpoint.name]) for target in (real, ours))
        figures = "{:>9.2f} ms{:>7.2f} ms".format(*times)
        handler, calls = cost["milliseconds"], cost["dynamodb_calls"]
        units = f"{cost['read_units']:>8.1f}{cost['write_units']:>8.1f}"
        print(f"{endpoint.name:28}{figures}{handler:>7.1f} ms{calls:>8.0f}{units}")
    seconds = f"{real.server.startup_seconds:>10.2f} s{ours.server.startup_seconds:>8.2f} s"
    print(f"{'start to first answer':28}{seconds}")


def _prepare(server: Server) -> Target:
    target = Target(server, http.client.HTTPConnection("127.0.0.1", server.port, timeout=60))
    credentials = {"identity": EMAIL, "password": PASSWORD}
    sign_in = Endpoint("set up", "POST", "/api/collections/_superusers/auth-with-password", credentials)
    target.token = target.ask(sign_in)["token"]
    for body in (ITEMS, SLUGS):
        target.ask(Endpoint("set up", "POST", "/api/collections", body, signed_in=True))
    for n in range(30):
        item = {"id": f"item{n:011}", "title": f"Item {n}", "body": TEXT, "n": n}
        target.ask(Endpoint("set up", "POST", RECORDS, item))
        target.ask(Endpoint("set up", "POST", "/api/collections/bench_slugs/records", {"slug": f"slug-{n}"}))
    return target


def _numbered(text: str, n: int) -> str:
    return (
        text.replace("new{n}", f"new{n:012}")
        .replace("{n}", str(n))
        .replace(" ", "%20" if text[0] == "/" else " ")
    )


def _read_lines(log: Path) -> Iterator[Mapping[str, Any]]:
    for text in log.read_text(errors="replace").splitlines():
        if text.startswith("{") and '"dynamodb_calls"' in text:
            yield json.loads(text)


def _read_rounds() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="requests counted per endpoint and server")
    return int(parser.parse_args().rounds)


if __name__ == "__main__":
    main()
