"""What each operation costs in DynamoDB's capacity units, and whether that grows with what is stored.

    python -m bench.cost [--sizes 1000 10000] [--rounds 20]

On DynamoDB Local, whose figures for reads are DynamoDB's. The figures are the ``x-quoll-cost`` header's, for
a guest on a function that has read the collections before: nothing but the request itself. Prints a table,
the growth from the smallest size to the largest, and whether the targets hold; so does the exit code.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from bench.dynamodb_local import HOST, PORT, NotAvailable, running_dynamodb

os.environ.update(
    AWS_ACCESS_KEY_ID="local",
    AWS_SECRET_ACCESS_KEY="local",
    AWS_REGION="us-east-1",
    AWS_ENDPOINT_URL=f"http://{HOST}:{PORT}",
    QUOLL_STAGE="local",
    QUOLL_TABLE="quoll-bench",
    QUOLL_CONFIG_TTL="5",
    QUOLL_LOG_LEVEL="ERROR",
)

import app as application
from bench.workload import (
    FILLED,
    OPERATIONS,
    OWNER,
    OWNERS,
    OWNERS_DEFINITION,
    STATES,
    TAGS,
    TEXT,
    VALUES,
    Operation,
)
from chalicelib.collections import load
from chalicelib.collections.create import create_collection, ensure_defaults
from chalicelib.jobs.totals import recount_totals
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.edges import find_edge_change
from chalicelib.storage.engine import WriteItem, get_engine
from chalicelib.storage.rowids import new_rowid, new_stamp
from chalicelib.storage.table import create_table
from chalicelib.storage.transactions import Create, plan_writes, write_together
from dev.gateway import Gateway

AT_ONCE = 25
GROWTH_MAX = 1.05
SIZES = [1_000, 10_000]


@dataclass(frozen=True)
class Measured:
    """Medians of an operation at one size: milliseconds, units, records examined; and how it went."""

    milliseconds: float
    reads: float
    writes: float
    items: float
    status: int


def main() -> int:
    asked = read_arguments()
    try:
        with running_bench((OWNERS_DEFINITION, *FILLED)):
            add_owners()
            found = measure_all(asked, OPERATIONS, [each["name"] for each in FILLED])
    except NotAvailable as error:
        print(error, file=sys.stderr)
        return 1
    print_table(found)
    complaints = list(find_complaints(found))
    print("\n".join(complaints) or "All targets hold.")
    return bool(complaints)


@contextmanager
def running_bench(definitions: Sequence[Mapping[str, Any]]) -> Iterator[None]:
    """A DynamoDB with these collections."""
    with running_dynamodb(PORT):
        create_table(get_engine())
        ensure_defaults()
        for definition in definitions:
            create_collection(definition)
        yield


def measure_all(
    asked: argparse.Namespace, operations: Sequence[Operation], names: Sequence[str]
) -> dict[int, dict[str, Measured]]:
    """By size and operation; the collections are filled up from one size to the next."""
    gateway = Gateway(application.app)
    filled, found = 0, {}
    for size in sorted(asked.sizes):
        print(f"Filling up to {size} records ...", flush=True)
        fill(names, filled, size)
        filled = size
        recount_totals()
        found[size] = {each.name: measure(gateway, each, asked.rounds) for each in operations}
    return found


def add_owners() -> None:
    """Those whom records may belong to."""
    owners = load.get_collection("owners")
    write_together(
        [Create(Record(owners, {"id": f"{'o' * 13}{n:02}", "name": f"owner {n}"})) for n in range(OWNERS)]
    )


def fill(names: Sequence[str], start: int, end: int) -> None:
    """Records straight into storage, with all that belongs to them; nobody else writes."""
    engine = get_engine()
    for name in names:
        collection = load.get_collection(name)
        waiting = (item for n in range(start, end) for item in items_of(make_record(collection, n)))
        while portion := list(islice(waiting, AT_ONCE)):
            puts = [{"PutRequest": {"Item": item}} for item in portion]
            engine.send("BatchWriteItem", {"RequestItems": {engine.table: puts}})


def items_of(record: Record) -> Iterator[Any]:
    """A new record's item, its claims and its edges."""
    stored = replace(record, rev=1, rowid=new_rowid(), stamp=new_stamp())
    writes = [each.write for each in plan_writes([Create(stored)])]
    writes += find_edge_change(None, stored).writes
    yield from (write.item for write in writes if isinstance(write, WriteItem))


def make_record(collection: Collection, n: int) -> Record:
    values = {
        "id": f"rec{n:012}",
        "title": f"Title {n:09}",
        "body": TEXT,
        "n": n,
        "state": f"s{n % STATES}",
        "slug": f"slug-{n}",
        "owner": f"{'o' * 13}{n % OWNERS:02}",
        "tags": [f"tag{n % TAGS}", f"tag{(n + 1) % TAGS}"],
    }
    fields = collection.fields
    return Record(collection, {field.name: values.get(field.name, field.empty) for field in fields})


def measure(gateway: Gateway, operation: Operation, rounds: int) -> Measured:
    """The medians of so many requests, after one that is not counted."""
    asked = [ask(gateway, operation, n) for n in range(rounds + 1)][1:]
    figures = (statistics.median(each) for each in zip(*asked, strict=True))
    milliseconds, reads, writes, items, status = figures
    return Measured(milliseconds, reads, writes, items, int(status))


def ask(gateway: Gateway, operation: Operation, n: int) -> tuple[float, float, float, float, int]:
    new, headers = f"new{n:012}", {"Content-Type": "application/json"}
    if operation.method == "DELETE":
        body = json.dumps({**VALUES, "id": new, "owner": OWNER}).encode()
        gateway.handle("POST", operation.path.removesuffix("/{new}"), headers, body)
    body = b"" if operation.body is None else json.dumps(operation.body).replace("{new}", new).encode()
    started = time.perf_counter()
    status, told, text = gateway.handle(operation.method, operation.path.replace("{new}", new), headers, body)
    took = (time.perf_counter() - started) * 1000
    if status >= 500 or (status >= 400 and not operation.grows):
        raise RuntimeError(f"{operation.name}: {status} {text!r}")
    if operation.method == "POST":
        gateway.handle("DELETE", f"{operation.path}/{new}", {}, b"")
    cost = dict(part.split("=", 1) for part in told["x-quoll-cost"].split(" ")[:3])
    return took, float(cost["read"]), float(cost["write"]), float(cost["items"]), status


def find_complaints(found: Mapping[int, Mapping[str, Measured]]) -> Iterator[str]:
    """Which targets are missed."""
    first, last = min(found), max(found)
    for each in OPERATIONS:
        small, large = found[first][each.name], found[last][each.name]
        if each.reads is not None and large.reads > each.reads:
            yield f"{each.name}: {large.reads:g} read units, the target is {each.reads:g}"
        if each.writes is not None and large.writes > each.writes:
            yield f"{each.name}: {large.writes:g} write units, the target is {each.writes:g}"
        if not each.grows and growth(small, large) > GROWTH_MAX:
            yield f"{each.name}: grows {growth(small, large):.2f} times from {first} to {last} records"


def growth(small: Measured, large: Measured) -> float:
    """How many times as many units it takes."""
    before = small.reads + small.writes
    return (large.reads + large.writes) / before if before else 1.0


def print_table(found: Mapping[int, Mapping[str, Measured]]) -> None:
    """Markdown: read and write units and milliseconds at each size, and the growth of the units."""
    sizes = sorted(found)
    titles = (f"{size:,} records".replace(",", " ") for size in sizes)
    print(f"| operation | {' | '.join(titles)} | growth |")
    print("|---|" + "---|" * (len(sizes) + 1))
    for each in OPERATIONS:
        rows = [found[size][each.name] for size in sizes]
        print(f"| {each.name} | {' | '.join(map(show, rows))} | {growth(rows[0], rows[-1]):.2f} |")


def show(measured: Measured) -> str:
    units = f"{measured.reads:g} R" + (f" {measured.writes:g} W" if measured.writes else "")
    refused = ", refused" if measured.status >= 400 else ""
    return f"{units}, {measured.milliseconds:.1f} ms{refused}"


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="records per collection")
    parser.add_argument("--rounds", type=int, default=20, help="requests counted per operation and size")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
