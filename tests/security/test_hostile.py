"""Every route, asked what nobody should ask: a clear refusal that changes nothing, whatever it is.

HOSTILE=10000 in the environment asks that many, which takes minutes; HOSTILE_FIRST is the first seed.
"""

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from time import process_time

import pytest

from chalicelib.backups import moment
from chalicelib.files.store import Store
from chalicelib.observability.logger import logger
from chalicelib.storage import images
from chalicelib.storage.engine import Engine
from chalicelib.storage.request_logs import StoredLog, new_log_id, save_log
from dev.gateway import Gateway
from dev.matching import find_route, grow
from tests.logged import kept_lines
from tests.people import add_person
from tests.security.hostile import Hostile, make_request, well_meant
from tests.security.hostile_world import World, files_of, items_now, log_now, make_world
from tests.security.meant import MEANT, Meant
from tests.unit.deploy.conftest import VIEWS

MANY = int(os.environ.get("HOSTILE", "150"))
FIRST = int(os.environ.get("HOSTILE_FIRST", "1"))
# So many requests find what the former ones have left; then the world is as it was.
PER_WORLD = 6
# From so many on every route must have been past its gate: asked in earnest, not only refused at the door.
ENOUGH = 5000
LONGEST_SECONDS = 5
SECRET = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{20}")
GATES = frozenset({401, 403, 404, 429})
# What must be in no answer: the table, the language, the machine.
INTERNALS = (
    "Traceback", "botocore", "dynamodb", "DynamoDB", "pynamodb", "quoll-test", "R#", "chalicelib", "/work",
    "arn:aws", "Error'", "Error(", "Exception", "<class", "object at 0x", "NoneType", "sqlite3.",
    '.py"', ".py:",
)  # fmt: skip
TREE = grow({path for path, _ in VIEWS})
ADDRESSED = frozenset({"/api/collections/{collection}/uploads"})  # their answers say where the bucket is


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup waits until all who write know of it: 18 seconds, which tell nothing here."""
    for name in ("AHEAD", "SETTLING", "MOST_SECONDS_SILENT"):
        monkeypatch.setattr(moment, name, 0)
    monkeypatch.setattr(images, "MARKS", 3)


@pytest.fixture
def world(gateway: Gateway, bucket: Store, no_waiting: None, kept: None) -> World:
    return make_world(gateway, bucket)


def route_of(asked: Meant | Hostile, method: str = "") -> tuple[str, str]:
    path = asked.path if isinstance(asked, Meant) else asked.target.partition("?")[0]
    match = find_route(TREE, path)
    return (match.route if match else "", method or asked.method)


def find_fault(gateway: Gateway, asked: Hostile, bucket: Store) -> tuple[int, str]:
    """The status, and what is wrong with the answer or with what is left."""
    before, files, start = items_now(), files_of(bucket), process_time()
    with kept_lines() as lines:
        status, headers, body = gateway.handle(asked.method, asked.target, asked.headers, asked.body)
    seconds = process_time() - start
    if seconds > LONGEST_SECONDS:
        return status, f"{seconds:.1f} s"
    if failed := [each for each in lines if each["level"] not in ("INFO", "WARNING")]:
        return status, f"logged {failed}"
    if SECRET.search(json.dumps(lines) + log_now()):
        return status, f"a token is logged: {lines} {log_now()}"
    if fault := _find_bad_answer(asked, status, headers, body):
        return status, fault
    if status >= 400 and (changed := _changed(before, items_now()) or _changed(files, files_of(bucket))):
        return status, f"{status}, and changed {changed[:5]} {body[:200]!r}"
    return status, ""


def _changed(before: dict[str, object], after: dict[str, object]) -> list[str]:
    return [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]


def _find_bad_answer(asked: Hostile, status: int, headers: dict[str, str], body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if status >= 500:
        return f"{status} {text[:300]}"
    if any("\r" in value or "\n" in value or name.lower() == "x-evil" for name, value in headers.items()):
        return f"a header was let in: {headers}"
    said = asked.body.decode("utf-8", "replace") + asked.target
    found = [each for each in INTERNALS if each in text and each not in said]
    if found and route_of(asked)[0] not in ADDRESSED:
        return f"tells {found}: {text[:300]}"
    is_error = status >= 400 and headers.get("Content-Type") == "application/json" and asked.method != "HEAD"
    if is_error and not {"message", "mfaId"} & json.loads(body).keys():
        return f"an error of no known shape: {text[:200]}"
    return ""


JSON = {"Content-Type": "application/json"}
TOKEN = f"eyJ{'a' * 9}.eyJ{'b' * 9}.{'c' * 43}"
REFUSAL = (400, JSON, b'{"message":"No."}')
FAULTY: Mapping[str, tuple[tuple[int, dict[str, str], bytes], Callable[[], object]]] = {
    "a failure": ((500, JSON, b'{"message":"No."}'), lambda: None),
    "a traceback": ((400, JSON, b'{"message":"Traceback (most recent call last)"}'), lambda: None),
    "the name of a class": ((200, JSON, b'{"a":"KeyError(1)"}'), lambda: None),
    "a line in a header": ((302, {"Location": "/\r\nX: 1"}, b""), lambda: None),
    "an error of no shape": ((400, JSON, b'{"error":1}'), lambda: None),
    "a refusal that has written": (REFUSAL, lambda: add_person(email="new@example.com")),
    "an error that is logged only": ((200, JSON, b"{}"), lambda: logger.error("odd")),
    "a token in the log": (
        (200, JSON, b"{}"),
        lambda: save_log(StoredLog(new_log_id(1), 0, TOKEN, {}, 2**40)),
    ),
    "no end": ((200, JSON, b"{}"), lambda: sum(range(40_000_000))),
}


@dataclass(frozen=True)
class Answering:
    """A gateway that does and answers the same whatever it is asked."""

    answer: tuple[int, dict[str, str], bytes]
    work: Callable[[], object]

    def handle(self, *asked: object) -> tuple[int, dict[str, str], bytes]:
        self.work()
        return self.answer


@pytest.mark.parametrize("name", [*FAULTY, "nothing"])
def test_a_fault_is_seen(name: str, defaults: Engine, bucket: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "LONGEST_SECONDS", 0.5)
    wrong = Answering(*FAULTY.get(name, (REFUSAL, lambda: None)))
    asked = Hostile(0, MEANT[0], (), "POST", "/api/settings", {}, b"")
    _, fault = find_fault(wrong, asked, bucket)  # type: ignore[arg-type]
    assert bool(fault) is (name in FAULTY), fault


def test_every_route_is_asked() -> None:
    asked = {route_of(each) for each in MEANT} | {
        route_of(each, "HEAD") for each in MEANT if each.method == "GET"
    }
    assert asked == set(VIEWS)


def test_what_is_meant_succeeds(gateway: Gateway, world: World, bucket: Store) -> None:
    """Or what is made of it would be refused for what nobody spoiled."""
    wrong = []
    for meant in MEANT:
        for method in ("HEAD", "GET") if meant.method == "GET" else (meant.method,):
            world.put_back(bucket)
            asked = well_meant(meant, world, method)
            status, fault = find_fault(gateway, asked, bucket)
            wrong += [] if not fault and (status >= 400) is meant.refused else [f"{status} {fault} {asked}"]
    assert not wrong, "\n".join(wrong)


# How each write is spoiled, beside what chance does.
SWEPT: Mapping[str, Callable[[Meant], Meant]] = {
    "fields that make no sense": lambda meant: replace(meant, query={**meant.query, "fields": "id:bad("}),
    "a body of another kind": lambda meant: replace(meant, body=[meant.body], files=()),
    "somebody": lambda meant: replace(meant, by="ann"),
}


def test_each_write_refused(gateway: Gateway, world: World, bucket: Store) -> None:
    """One by one, what chance comes by too seldom."""
    faults, refused = [], Counter[str]()
    for meant in MEANT:
        for name, spoil in SWEPT.items() if meant.method != "GET" else ():
            world.put_back(bucket)
            asked = well_meant(spoil(meant), world)
            status, fault = find_fault(gateway, asked, bucket)
            refused[name] += status >= 400
            faults += [f"{name}: {fault}\n    {asked}"] if fault else []
    assert not faults, "\n".join(faults)
    assert all(refused[name] > 10 for name in SWEPT), refused


def test_the_same_seed_makes_the_same_request() -> None:
    world = World({}, {}, dict.fromkeys(("ann_token", "root"), "a.b.c"))
    made = [make_request(world, 7) for _ in range(2)]
    assert made[0] == made[1] != make_request(world, 7, without=(0,))


@pytest.mark.timeout(7200)
def test_hostile_requests(gateway: Gateway, world: World, bucket: Store) -> None:
    faults, seen = list[str](), Counter[int]()
    past = set[tuple[str, str]]()
    for seed in range(FIRST, FIRST + MANY):
        if seed % PER_WORLD == FIRST % PER_WORLD:
            world.put_back(bucket)
        asked = make_request(world, seed)
        status, fault = find_fault(gateway, asked, bucket)
        seen[status] += 1
        past |= set() if status in GATES else {route_of(asked)}
        if fault:
            faults.append(f"{fault}\n    {_least(gateway, world, bucket, seed)}")
    print(dict(seen), f"{len(faults)} faults")
    assert not faults, "\n".join([f"{len(faults)} faults", *faults[:40]])
    assert seen[400] and seen[404] and len(seen) > 3, seen
    at_gate = set(VIEWS) - past
    assert MANY < ENOUGH or not at_gate, f"never got past the gate of {at_gate}"


def _least(gateway: Gateway, world: World, bucket: Store, seed: int) -> str:
    """The request with as few spoils as still make a fault in a world that nobody has touched."""

    def fails(without: Collection[int]) -> bool:
        world.put_back(bucket)
        return bool(find_fault(gateway, make_request(world, seed, without), bucket)[1])

    without = list[int]()
    if not fails(without):
        return f"{make_request(world, seed)}\n    only after what was asked before"
    for spoil in make_request(world, seed).spoils:
        without += [spoil] if fails([*without, spoil]) else []
    return str(make_request(world, seed, without))
