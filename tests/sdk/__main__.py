"""The official SDK's tours of both servers, step by step: ``python -m tests.sdk [tour...]``.

A step passes when it works on the real server, works on Quoll, and gives the same. Each file in tours/ is a
tour (but kit.mjs, which they share). They go one after the other, since settings are the whole server's; both
servers are toured at once. Needs Node and what `npm ci` in this folder installs; ``--itself`` compares the
real server with another copy of it.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.oidc_provider import provider_url
from tests.parity.normal import ID, normal_value, show
from tests.sdk.inbox import running_inbox
from tests.servers import EMAIL, PASSWORD, Server, pocketbase, quoll

FOLDER = Path(__file__).parent
KIT = FOLDER / "tours" / "kit.mjs"
SECONDS = 180

Step = dict[str, Any]


@dataclass(frozen=True)
class Toured:
    """A server, and what tours are told of what stands around it."""

    server: Server
    environment: Mapping[str, str]


def main(given: Sequence[str]) -> int:
    if not (FOLDER / "node_modules" / "pocketbase").is_dir():
        print(f"The SDK is not installed: run `make test-sdk`, or `npm ci` in {FOLDER}.", file=sys.stderr)
        return 2
    tours = find_tours([each for each in given if not each.startswith("-")])
    steps = failed = 0
    with tempfile.TemporaryDirectory() as folder, both(Path(folder), itself="--itself" in given) as servers:
        for path in tours:
            faults = compare(*in_parallel(path, servers))
            for name, fault in faults.items():
                if fault:
                    print(f"{path.stem}: {name}: {fault}\n")
            wrong = sum(map(bool, faults.values()))
            print(f"{path.stem}: {len(faults) - wrong} passed, {wrong} failed", flush=True)
            steps, failed = steps + len(faults), failed + wrong
    print(f"{steps - failed} passed, {failed} failed")
    return int(failed > 0 or not steps)


def find_tours(names: Sequence[str]) -> list[Path]:
    """The tours of these names, or all of them."""
    tours = {path.stem: path for path in sorted(KIT.parent.glob("*.mjs")) if path != KIT}
    unknown = set(names) - set(tours)
    assert not unknown, f"no such tours: {', '.join(sorted(unknown))}; there are {', '.join(tours)}"
    return [path for name, path in tours.items() if name in names or not names]


@contextmanager
def both(folder: Path, *, itself: bool) -> Iterator[list[Toured]]:
    """The real server and the other, each with an inbox of its own, and an identity provider for both."""
    with ExitStack() as stack:
        real = stack.enter_context(pocketbase(folder / "real"))
        ours = stack.enter_context((pocketbase if itself else quoll)(folder / "other"))
        around = {"TOUR_PROVIDER": provider_url()}
        yield [Toured(each, {**around, **stack.enter_context(running_inbox())}) for each in (real, ours)]


def in_parallel(path: Path, servers: Sequence[Toured]) -> list[list[Step]]:
    """A tour's steps on each server."""
    with ThreadPoolExecutor(len(servers)) as threads:
        return list(threads.map(lambda each: tour(path, each), servers))


def tour(path: Path, toured: Toured) -> list[Step]:
    """The steps' outcomes, normalised as they come: what counts from now does so from the step."""
    server = toured.server
    literal = frozenset(ID.findall(path.read_text()))
    labels: dict[str, str] = {}
    own_port = re.compile(rf"\b{toured.environment['TOUR_SMTP_PORT']}\b")
    command = ["node", str(path), server.url, EMAIL, PASSWORD]
    environment = {**os.environ, **toured.environment}
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True, env=environment) as process:
        limit = threading.Timer(SECONDS, process.kill)
        limit.start()
        lines = (own_port.sub("2525", line.rstrip("\n")) for line in process.stdout or ())
        steps = [normal_value(line, labels, literal) for line in lines]
        limit.cancel()
    assert process.returncode == 0, f"{server.name}: {path.stem} ended with {process.returncode}"
    return steps


def compare(real: Sequence[Step], ours: Sequence[Step]) -> dict[str, str]:
    """What is wrong with each step; nothing, when all is well."""
    assert [step["name"] for step in real] == [step["name"] for step in ours]
    return {one["name"]: _fault(one, other) for one, other in zip(real, ours, strict=True)}


def _fault(real: Step, ours: Step) -> str:
    if "broken" in real:
        return f"the real server does not do it: {real['broken']}"
    lines = difflib.unified_diff(list(show(real)), list(show(ours)), "real", "other", lineterm="", n=2)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
