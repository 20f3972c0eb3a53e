"""The embedded AWS: ministack as a child process, its data kept in a folder."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 20
# Nobody's proxy leads to this machine.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class AwsFailed(Exception):
    """The embedded AWS did not start, or ended."""


@contextmanager
def running_aws(state: Path, on_death: Callable[[], None] = lambda: None) -> Iterator[str]:
    """An AWS on a free port, with what was in it last time; its endpoint. `on_death`: it ended by itself."""
    shutil.rmtree(_scratch(state), ignore_errors=True)
    _scratch(state).mkdir(parents=True)
    port = find_free_port()
    log = state / "aws.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "dev.emulator"],
            env={**os.environ, **_settings(state, port)},
            stdin=subprocess.PIPE,  # closes when we die, however we die: the child's sign to stop
            stdout=sink,
            stderr=sink,
            start_new_session=True,  # Ctrl-C is for us; we stop the child when we are done with it
        )
    (state / "aws.pid").write_text(str(process.pid))
    stopping = threading.Event()
    try:
        _wait_until_ready(process, port, log)
        threading.Thread(target=_watch, args=(process, stopping, on_death), daemon=True).start()
        yield f"http://{HOST}:{port}"
    finally:
        stopping.set()
        _stop(process)


def find_free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _settings(state: Path, port: int) -> dict[str, str]:
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "SERVICES": "dynamodb,dynamodbstreams,s3,sqs,ssm",
        "PERSIST_STATE": "1",
        "TMPDIR": str(_scratch(state)),
        "STATE_DIR": str(state / "aws"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "LOG_LEVEL": "WARNING",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


def _scratch(state: Path) -> Path:
    """What ministack writes down for the time it runs."""
    return state / "tmp"


def _watch(process: subprocess.Popen[bytes], stopping: threading.Event, on_death: Callable[[], None]) -> None:
    process.wait()
    if not stopping.is_set():
        on_death()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            _open(f"http://{HOST}:{port}/_ministack/health", timeout=2),
        ):
            return
        time.sleep(0.05)
    raise AwsFailed(f"The embedded AWS did not start. Its last words, from {log}:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
