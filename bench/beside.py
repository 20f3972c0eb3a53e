"""Where lists grow: the same ones on PocketBase and here, with and without an index, at several sizes.

    python -m bench.beside [--sizes 1000 10000] [--rounds 20]

Milliseconds at the median. PocketBase is asked over HTTP, Quoll in process with DynamoDB Local behind it:
only compare how each grows.
"""

import http.client
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.cost import measure_all, read_arguments, running_bench
from bench.workload import INDEXED, STATES, TEXT, Operation, listed
from tests.servers import EMAIL, PASSWORD, Server, pocketbase

BARE = {**INDEXED, "name": "bare", "indexes": []}
SORTED = {"sort": "-title", "skipTotal": "1"}
FILTERED = {"filter": "state = 's7' && n >= 0", "sort": "-n", "skipTotal": "1", "perPage": "20"}
LISTS = tuple(
    Operation(f"{name}, {how}", "GET", listed(collection, **query), grows=True)
    for name, query in (("list 30, sorted", SORTED), ("list 20, filtered and sorted", FILTERED))
    for how, collection in (("an index", "indexed"), ("no index", "bare"))
)


def main() -> int:
    asked = read_arguments()
    sizes = sorted(asked.sizes)
    with tempfile.TemporaryDirectory() as folder, pocketbase(Path(folder)) as server:
        theirs = measure_pocketbase(server, Path(folder), sizes, asked.rounds)
    with running_bench((INDEXED, BARE)):
        found = measure_all(asked, LISTS, ("indexed", "bare"))
    ours = {size: {name: each.milliseconds for name, each in found[size].items()} for size in sizes}
    for title, times in (("PocketBase", theirs), ("Quoll", ours)):
        print_table(title, sizes, times)
    return 0


def measure_pocketbase(
    server: Server, folder: Path, sizes: Sequence[int], rounds: int
) -> dict[int, dict[str, float]]:
    """By size and list: milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = {"identity": EMAIL, "password": PASSWORD}
    token = ask(connection, "POST", "/api/collections/_superusers/auth-with-password", body)["token"]
    for definition in (INDEXED, BARE):
        ask(connection, "POST", "/api/collections", definition, token)
    filled, found = 0, {}
    for size in sizes:
        fill(folder / "data" / "data.db", filled, size)
        filled = size
        found[size] = {each.name: time_of(connection, each.path, rounds) for each in LISTS}
    return found


def fill(database: Path, start: int, end: int) -> None:
    """Records straight into the file, as PocketBase would have them."""
    rows = [(f"rec{n:012}", f"Title {n:09}", TEXT, n, f"s{n % STATES}") for n in range(start, end)]
    with sqlite3.connect(database, timeout=30) as connection:
        for name in ("indexed", "bare"):
            insert = f"INSERT INTO {name} (id, title, body, n, state) VALUES (?, ?, ?, ?, ?)"
            connection.executemany(insert, rows)
    connection.close()


def time_of(connection: http.client.HTTPConnection, path: str, rounds: int) -> float:
    """The median of so many requests, after one that is not counted."""
    took = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        found = ask(connection, "GET", path)
        took.append((time.perf_counter() - started) * 1000)
        if not found["items"]:
            raise RuntimeError(f"{path}: nothing")
    return statistics.median(took[1:])


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, token: str = ""
) -> Any:
    headers = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 400:
        raise RuntimeError(f"{path}: {answer.status} {text!r}")
    return json.loads(text)


def print_table(title: str, sizes: Sequence[int], times: dict[int, dict[str, float]]) -> None:
    print(f"\n| {title} | " + " | ".join(f"{size} records" for size in sizes) + " | growth |")
    print("|---|" + "---|" * (len(sizes) + 1))
    for each in LISTS:
        row = [times[size][each.name] for size in sizes]
        print(f"| {each.name} | " + " | ".join(f"{ms:.1f} ms" for ms in row) + f" | {row[-1] / row[0]:.1f} |")


if __name__ == "__main__":
    sys.exit(main())
