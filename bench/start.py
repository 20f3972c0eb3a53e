"""Cold starts, beside the smallest Chalice app with a DynamoDB client: ``python -m bench.start [--runs 15]``.

Packages are made as for deployment (pip needs the network for that) and unpacked. Then each function is
started in a fresh process and given one event, all in turn, so that whatever else the machine does falls on
all. Prints medians from the start of the process to the answer, with the compiled files that are shipped and
without, and where the start of the slowest goes. DynamoDB is the embedded one.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import app as application
from bench.fresh import STARTER, Took, print_imports, run_once
from chalicelib.config import get_config
from chalicelib.deploy.packaging import runtime_of_this_python
from dev.event import HttpRequest, make_event
from dev.matching import find_route, grow
from dev.run import provisioned

ROOT = Path(__file__).parents[1]
TARGET = 1.2
PEER = """
import boto3
from chalice import Chalice

app = Chalice(app_name="peer", configure_logs=False)
client = boto3.client("dynamodb")
KEY = {{"pk": {{"S": "x"}}, "sk": {{"S": "y"}}}}


@app.route("/api/health")
def index():
    return client.get_item(TableName="{table}", Key=KEY).get("Item", {{}})
"""
SIGN_IN = {"identity": "a@example.com", "password": "12345678"}
REQUESTS: Mapping[str, tuple[str, str, Any]] = {
    "health": ("GET", "/api/health", None),
    "auth_methods": ("GET", "/api/collections/users/auth-methods", None),
    "auth_with_password": ("POST", "/api/collections/users/auth-with-password", SIGN_IN),
    "collections_list": ("GET", "/api/collections", None),
    "records_list": ("GET", "/api/collections/users/records", None),
    "records_view": ("GET", "/api/collections/users/records/abcdefghijklmno", None),
    "records_create": ("POST", "/api/collections/users/records", {"email": "x"}),
}
MINUTE = {
    **dict.fromkeys(("version", "account", "region", "source", "id"), "x"),
    "time": "2026-01-01T00:00:00Z",
    "detail-type": "Scheduled Event",
    "detail": {},
    "resources": [],
}
JOBS: Mapping[str, tuple[str, str, Any]] = {
    "minute_tick": ("chalicelib.jobs.functions", "minute_tick", MINUTE),
    "record_stream": ("chalicelib.jobs.record_stream", "record_stream", {"Records": []}),
}


@dataclass(frozen=True)
class Start:
    """Something to start: in which folder, with which function and event; the peer has an app of its own."""

    name: str
    folder: Path
    module: str
    function: str
    event: Any = field(compare=False)

    @property
    def program(self) -> str:
        """A fresh process's program."""
        layer = self.folder / "opt" / "python" / "lib" / runtime_of_this_python() / "site-packages"
        code = self.folder / ("peer" if self.name == "smallest" else "task")
        event = self.folder / f"{self.name}.json"
        event.write_text(json.dumps(self.event))
        paths = [str(code), str(layer)]
        return STARTER.format(paths=paths, module=self.module, function=self.function, event=str(event))


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=15)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        shipped, plain = _unpack(Path(name))
        with provisioned(Path(name, "state")):
            _add_peer(shipped, compiled=True)
            _add_peer(plain, compiled=False)
            starts = list(_starts(shipped))
            took = _measure([*starts, *(replace(start, folder=plain) for start in starts)], runs)
            slowest = _print_table(starts, took, plain)
            print_imports(slowest.name, slowest.program)
    return 0


def _unpack(folder: Path) -> tuple[Path, Path]:
    """The packages as they are shipped, and without compiled files."""
    print("Making the packages as for deployment ...", flush=True)
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    resources = folder / "resources.json"
    resources.write_text(_run(environment, "python", "-m", "chalicelib", "template", "--stage", "dev"))
    merged = ("--merge-template", str(resources), str(folder / "out"))
    _run(environment, "chalice", "package", "--stage", "dev", *merged)
    shipped, plain = folder / "shipped", folder / "plain"
    for zipped, place in (("deployment.zip", "task"), ("layer-deployment.zip", "opt")):
        path = folder / "out" / zipped
        with ZipFile(path) as package:
            package.extractall(shipped / place)
            unzipped = sum(each.file_size for each in package.infolist())
        print(f"  {zipped}: {path.stat().st_size / 1e6:.1f} MB, unzipped {unzipped / 1e6:.1f} MB")
    shutil.copytree(shipped, plain, ignore=shutil.ignore_patterns("__pycache__"))
    return shipped, plain


def _run(environment: Mapping[str, str], program: str, *arguments: str) -> str:
    """A command of the project's, as docs/deploying.md has it; what it says."""
    command = (str(Path(sys.executable).with_name(program)), *arguments)
    ran = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return ran.stdout


def _add_peer(folder: Path, compiled: bool) -> None:
    shutil.copytree(folder / "task" / "chalice", folder / "peer" / "chalice")
    (folder / "peer" / "app.py").write_text(PEER.format(table=get_config().table))
    if compiled:
        subprocess.run((sys.executable, "-m", "compileall", "-q", str(folder / "peer")), check=True)


def _starts(folder: Path) -> Iterator[Start]:
    yield Start("smallest", folder, "app", "app", _event(*REQUESTS["health"]))
    for name, request in REQUESTS.items():
        yield Start(name, folder, "app", "app", _event(*request))
    for name, (module, function, event) in JOBS.items():
        yield Start(name, folder, module, function, event)


def _event(method: str, path: str, body: Any) -> dict[str, Any]:
    match = find_route(grow(application.app.routes), path)
    if match is None:
        raise LookupError(path)
    headers = {"Content-Type": "application/json", "Host": "example.com"}
    content = json.dumps(body).encode() if body is not None else b""
    return make_event(HttpRequest(method, path, headers, content), match)


def _measure(starts: Sequence[Start], runs: int) -> dict[Start, list[Took]]:
    took: dict[Start, list[Took]] = {start: [] for start in starts}
    programs = {start: start.program for start in starts}
    for number in range(runs + 1):
        print(f"\r  round {number} of {runs}", end="", file=sys.stderr, flush=True)
        for start, program in programs.items():
            took[start].append(run_once(program))
    print(file=sys.stderr)
    return {start: each[1:] for start, each in took.items()}  # the first round warms the disk's cache


def _print_table(starts: Sequence[Start], took: Mapping[Start, Sequence[Took]], plain: Path) -> Start:
    """A row per function; the slowest of ours."""
    print(f"\n{'milliseconds of':<22}{'processor':>10}{'time':>8}{'x smallest':>12}{'no .pyc':>10}  status")
    smallest = _processor(took[starts[0]])
    for start in starts:
        mine, uncompiled = took[start], took[replace(start, folder=plain)]
        elapsed = statistics.median(each.elapsed for each in mine)
        times = _processor(mine) / smallest
        print(
            f"{start.name:<22}{_processor(mine):>10.0f}{elapsed:>8.0f}{times:>12.2f}"
            f"{_processor(uncompiled):>10.0f}  {mine[0].status}"
        )
    slowest = max(starts, key=lambda start: _processor(took[start]))
    print(f"\nThe target is {TARGET} x. The first answer of auth_with_password includes a password hash.")
    return slowest


def _processor(took: Sequence[Took]) -> float:
    return statistics.median(each.processor for each in took)


if __name__ == "__main__":
    sys.exit(main())
