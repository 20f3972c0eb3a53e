"""The two servers that tests over HTTP talk to: the real PocketBase, and Quoll as `make run` starts it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
EMAIL = "root@example.com"
PASSWORD = "root-password-1"
PATIENCE = 40.0  # seconds a server may take to start on a busy machine


@dataclass(frozen=True)
class Server:
    """A running server, and how long it took from the command to its first answer."""

    name: str
    port: int
    startup_seconds: float
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def pocketbase(folder: Path, has_superuser: bool = False) -> Iterator[Server]:
    """The real server, from the test dependency that carries its binary, on the data that the folder has."""
    binary = str(Path(sys.executable).with_name("pocketbase"))
    data = (
        "--dir",
        str(folder / "data"),
        "--migrationsDir",
        str(folder),
        "--publicDir",
        str(folder / "public"),
    )
    folder.mkdir(parents=True, exist_ok=True)
    if not has_superuser:
        upsert = (binary, "superuser", "upsert", EMAIL, PASSWORD, *data)
        subprocess.run(upsert, check=True, capture_output=True, timeout=PATIENCE)
    port = find_free_port()
    with _running(
        "pocketbase", (binary, "serve", "--http", f"127.0.0.1:{port}", *data), port, folder
    ) as server:
        yield server


@contextmanager
def quoll(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Quoll with the embedded AWS, its state in a folder of its own."""
    port = find_free_port()
    environment = {
        "PORT": str(port),
        "QUOLL_STATE": str(folder / "state"),
        "QUOLL_SUPERUSER_EMAIL": EMAIL,
        "QUOLL_SUPERUSER_PASSWORD": PASSWORD,
        **(settings or {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with _running("quoll", (sys.executable, "-m", "dev.run"), port, folder, environment) as server:
        yield server


def find_free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    name: str, command: tuple[str, ...], port: int, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    log = folder / f"{name}.log"
    started = time.monotonic()
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=sink, stderr=sink, env=clean_environment() | dict(environment or {})
        )
    try:
        _wait_until_healthy(process, port, log)
        yield Server(name, port, time.monotonic() - started, log)
    finally:
        _stop(process)


def clean_environment() -> dict[str, str]:
    """The shell's, without what the other tests set for the application in process."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("QUOLL_", "AWS_"))}


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if _is_healthy(port):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not answer:\n{log.read_text(errors='replace')[-3000:]}")


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(20)
