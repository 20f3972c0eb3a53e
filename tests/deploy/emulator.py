"""An AWS to deploy to: ministack in a process of its own, empty at the start, gone at the end.

It runs with AUTH=true: each call is judged by the policies of whoever makes it, a function by its role's.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers import ROOT, find_free_port

START_SECONDS = 40
REGION = "us-east-1"
KEY = "test"
CHANGES = "changes.jsonl"


@dataclass(frozen=True)
class Emulator:
    """A running emulator: its port, and where all of its files are."""

    port: int
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "emulator.log"

    @property
    def changes(self) -> Path:
        """What the emulator notes of the table's stream."""
        return self.scratch / CHANGES

    @property
    def scratch(self) -> Path:
        return self.folder / "tmp"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What programs need to use it as the account's owner, and nothing of the shell's AWS."""
        return {
            **clean_environment(),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def count_copies(self, function: str) -> int:
        """How many processes a function has at this moment."""
        return len(list(self.scratch.glob(f"ministack-lambda-{function}-*")))


@contextmanager
def running_emulator(folder: Path) -> Iterator[Emulator]:
    """An empty AWS whose files are all in a folder."""
    emulator = Emulator(find_free_port(), folder)
    emulator.scratch.mkdir(parents=True)
    with emulator.log.open("wb") as sink:
        process = subprocess.Popen(
            (sys.executable, "-m", "tests.deploy.emulator_process"),
            cwd=ROOT,
            env=clean_environment() | _settings(emulator),
            stdin=subprocess.PIPE,  # closed when we end, however: its sign to stop
            stdout=sink,
            stderr=sink,
        )
    try:
        _wait_until_ready(process, emulator)
        yield emulator
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=20)
        process.kill()
        process.communicate()


def clean_environment() -> dict[str, str]:
    """The shell's, without what is said about AWS, Quoll and proxies, and without where Python looks."""
    unwanted = ("AWS_", "QUOLL_", "POWERTOOLS_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {**kept, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}


def _settings(emulator: Emulator) -> Mapping[str, str]:
    return {
        "GATEWAY_PORT": str(emulator.port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_DEFAULT_REGION": REGION,
        "TMPDIR": str(emulator.scratch),
        "LAMBDA_WARM_TTL_SECONDS": "86400",  # copies of a function stay, to be counted
        "LOG_LEVEL": "WARNING",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


def _wait_until_ready(process: subprocess.Popen[bytes], emulator: Emulator) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{emulator.url}/_ministack/health", timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the emulated AWS does not answer:\n{emulator.log.read_text()[-3000:]}")
