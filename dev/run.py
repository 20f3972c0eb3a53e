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
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import app as application
from chalicelib.commands.command import CommandFailed
from chalicelib.commands.provision import provision
from chalicelib.commands.superuser import create_superuser, has_superuser, new_password
from chalicelib.config import ENDPOINT_FILE, ConfigError, find_state, read_config, use_local_aws
from chalicelib.jobs.totals import recount_totals
from chalicelib.storage.failures import StorageFailure
from dev.aws import AwsFailed, find_free_port, running_aws
from dev.mailbox import PATH as MAILBOX
from dev.mailbox import GatewayWithMailbox
from dev.schedule import running_schedules
from dev.server import HOST, Server
from dev.stream import followed_stream
from dev.tasks import running_tasks

DEFAULT_PORT = 8090
DEFAULT_EMAIL = "admin@example.com"


class CannotRun(Exception):
    """Why not, for whoever typed the command."""


class Owned(CannotRun):
    """Another process uses the state folder."""


def main() -> int:
    """Serve until told to stop; the exit code."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _stop)
    state = find_state()
    try:
        with contextlib.suppress(KeyboardInterrupt), owned(state), _listening() as server:
            _serve(server, state)
    except ConfigError as failed:
        print(failed, file=sys.stderr)
        return 2
    except (CannotRun, AwsFailed, CommandFailed, StorageFailure) as failed:
        print(failed, file=sys.stderr)
        return 1
    _say("Stopped. Data is kept.")
    return 0


def _serve(server: Server, state: Path) -> None:
    _say("Starting the embedded AWS ...")
    died = threading.Event()

    def stop_serving() -> None:
        died.set()
        server.shutdown()

    with provisioned(state, stop_serving):
        recount_totals()  # what the stream told last before it ended may not have been heard
        with followed_stream(), running_tasks(), running_schedules():
            _make_first_superuser()
            _say(
                f"Quoll listens on http://{HOST}:{server.server_port}/ - Ctrl-C stops it; data is in {state}"
            )
            _say(f"The API is under /api/; mails that would be sent are at {MAILBOX}.")
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()
            _say("Stopping ...")
            server.server_close()
    if died.is_set():
        raise AwsFailed(f"The embedded AWS ended by itself; {state / 'aws.log'} may say why. Data is kept.")


@contextmanager
def provisioned(state: Path, on_death: Callable[[], None] = lambda: None) -> Iterator[None]:
    """The embedded AWS, with what Quoll needs in it, for this process and for those that look for it."""
    use_local_aws("")
    read_config(os.environ)  # a setting that makes no sense is refused before anything starts
    with running_aws(state, on_death) as endpoint, _announced(state, endpoint):
        use_local_aws(endpoint)
        provision()
        yield


def _make_first_superuser() -> None:
    if has_superuser():
        return
    email = os.environ.get("QUOLL_SUPERUSER_EMAIL") or DEFAULT_EMAIL
    given = os.environ.get("QUOLL_SUPERUSER_PASSWORD", "")
    password = given or new_password()
    create_superuser(email, password)
    _say(f"First superuser: {email}" + ("" if given else f"  password: {password}  (shown this once)"))


@contextmanager
def owned(state: Path) -> Iterator[None]:
    """The state folder, for this process alone."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / "lock").open("w")
    except OSError as error:
        raise ConfigError(f"QUOLL_STATE cannot be {state}: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Owned(
                f"Quoll runs already, on the data in {state}. Another one needs its own QUOLL_STATE."
            ) from error
        yield


@contextmanager
def _listening() -> Iterator[Server]:
    port = _port()
    try:
        server = Server(GatewayWithMailbox(application.app), port)
    except OSError as error:
        free = f"PORT={_free_port_after(port)} make run"
        raise CannotRun(f"Port {port} cannot be used ({error.strerror}). A free one: {free}") from error
    with server:
        yield server


def _port() -> int:
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise ConfigError(f"PORT must be a number up to 65535, not {text!r}")
    return int(text)


def _free_port_after(port: int) -> int:
    for candidate in range(port + 1, min(port + 20, 65536)):
        with contextlib.suppress(OSError), Server(GatewayWithMailbox(application.app), candidate):
            return candidate
    return find_free_port()


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
