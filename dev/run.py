"""``make run``: Quoll on this machine, with everything it needs and its data kept between runs.

PORT                       where to listen; default 8090
QUOLL_STATE                the folder of the data; default .quoll
QUOLL_SUPERUSER_EMAIL      the first superuser, when there is none yet; default admin@example.com
QUOLL_SUPERUSER_PASSWORD   its password; made up and printed when not given
"""

import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import app as application
from chalicelib.commands.provision import provision
from chalicelib.commands.superuser import CommandFailed, create_superuser, has_superuser, new_password
from chalicelib.config import ENDPOINT_FILE, LOCAL_CREDENTIALS, ConfigError
from chalicelib.jobs.totals import recount_totals
from chalicelib.storage.failures import StorageFailure
from dev.aws import AwsFailed, running_aws
from dev.gateway import Gateway
from dev.server import HOST, Server
from dev.stream import followed_stream
from dev.tasks import running_tasks

DEFAULT_PORT = 8090
DEFAULT_EMAIL = "admin@example.com"


class CannotRun(Exception):
    """Why not, for whoever typed the command."""


def main() -> int:
    """Serve until told to stop; the exit code."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _stop)
    state = Path(os.environ.get("QUOLL_STATE") or ".quoll").absolute()
    try:
        with contextlib.suppress(KeyboardInterrupt), _owned(state), _listening() as server:
            _serve(server, state)
    except (CannotRun, AwsFailed, CommandFailed, ConfigError, StorageFailure) as failed:
        print(failed, file=sys.stderr)
        return 1
    _say("Stopped. Data is kept.")
    return 0


def _serve(server: Server, state: Path) -> None:
    _say("Starting the embedded AWS ...")
    with running_aws(state) as endpoint, _announced(state, endpoint):
        _use(endpoint)
        provision()
        recount_totals()  # what the stream told last before it ended may not have been heard
        with followed_stream(), running_tasks():
            _make_first_superuser()
            _say(
                f"Quoll listens on http://{HOST}:{server.server_port}/ - Ctrl-C stops it; data is in {state}"
            )
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()
            _say("Stopping ...")
            server.server_close()


def _use(endpoint: str) -> None:
    """Set the environment that the application reads at its first request."""
    os.environ.pop("AWS_PROFILE", None)
    os.environ.pop("AWS_SESSION_TOKEN", None)
    os.environ.update(LOCAL_CREDENTIALS, AWS_ENDPOINT_URL=endpoint, QUOLL_STAGE="local")
    os.environ.setdefault("AWS_REGION", "us-east-1")


def _make_first_superuser() -> None:
    if has_superuser():
        return
    email = os.environ.get("QUOLL_SUPERUSER_EMAIL") or DEFAULT_EMAIL
    given = os.environ.get("QUOLL_SUPERUSER_PASSWORD", "")
    password = given or new_password()
    create_superuser(email, password)
    _say(f"First superuser: {email}" + ("" if given else f"  password: {password}  (shown this once)"))


@contextmanager
def _owned(state: Path) -> Iterator[None]:
    """The state folder, for this process alone."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotRun(
                f"Quoll runs already, on the data in {state}. Another one needs its own QUOLL_STATE."
            ) from error
        yield


@contextmanager
def _listening() -> Iterator[Server]:
    port = _port()
    try:
        server = Server(Gateway(application.app), port)
    except OSError as error:
        raise CannotRun(
            f"Port {port} cannot be used ({error.strerror}). Choose another: make run PORT=8091"
        ) from error
    with server:
        yield server


def _port() -> int:
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdigit() or int(text) > 65535:
        raise CannotRun(f"PORT must be a number up to 65535, not {text!r}")
    return int(text)


@contextmanager
def _announced(state: Path, endpoint: str) -> Iterator[None]:
    """Let `python -m chalicelib` find the embedded AWS."""
    file = state / ENDPOINT_FILE
    file.write_text(endpoint)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
