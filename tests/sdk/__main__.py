"""The official SDK's tour of both servers, step by step: ``python -m tests.sdk``.

A step passes when it works on the real server, works on Quoll, and gives the same. Needs Node and
what `npm ci` in this folder installs; ``--itself`` compares the real server with another copy of it.
"""

import difflib
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from tests.parity.normal import ID, normal_value, show
from tests.servers import EMAIL, PASSWORD, pocketbase, quoll

FOLDER = Path(__file__).parent
TOUR = FOLDER / "tour.mjs"
SECONDS = 180


class Named(Protocol):
    """What has an API: where, and its name for messages."""

    @property
    def name(self) -> str: ...

    @property
    def url(self) -> str: ...


def main() -> int:
    if not (FOLDER / "node_modules" / "pocketbase").is_dir():
        print(f"The SDK is not installed: run `make test-sdk`, or `npm ci` in {FOLDER}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        real = stack.enter_context(pocketbase(Path(folder, "real")))
        other = pocketbase if "--itself" in sys.argv[1:] else quoll
        ours = stack.enter_context(other(Path(folder, "other")))
        faults = compare(tour(real), tour(ours))
    for name, fault in faults.items():
        if fault:
            print(f"{name}: {fault}\n")
    failed = sum(map(bool, faults.values()))
    print(f"{len(faults) - failed} passed, {failed} failed")
    return int(failed > 0 or not faults)


def tour(server: Named) -> list[dict[str, Any]]:
    """The steps' outcomes, normalised as they come: what counts from now does so from the step."""
    command = ["node", str(TOUR), server.url, EMAIL, PASSWORD]
    literal = frozenset(ID.findall(TOUR.read_text()))
    labels: dict[str, str] = {}
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as process:
        limit = threading.Timer(SECONDS, process.kill)
        limit.start()
        steps = [normal_value(line.rstrip("\n"), labels, literal) for line in process.stdout or ()]
        limit.cancel()
    assert process.returncode == 0, f"{server.name}: the tour ended with {process.returncode}"
    return steps


def compare(real: Sequence[dict[str, Any]], ours: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What is wrong with each step; nothing, when all is well."""
    assert [step["name"] for step in real] == [step["name"] for step in ours]
    return {one["name"]: _fault(one, other) for one, other in zip(real, ours, strict=True)}


def _fault(real: dict[str, Any], ours: dict[str, Any]) -> str:
    if "broken" in real:
        return f"the real server does not do it: {real['broken']}"
    lines = difflib.unified_diff(list(show(real)), list(show(ours)), "real", "other", lineterm="", n=2)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
