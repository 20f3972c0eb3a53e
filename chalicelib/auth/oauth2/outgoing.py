"""Calls to other servers, which may be slow, wrong or hostile: bounded in time and size.

What is sent and what comes back holds secrets, so nothing of either is in an exception or a log. Time runs
out for a call however slowly its answer trickles, since the connection is cut; only looking a name up cannot
be cut short.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib import clock
from chalicelib.frozen import dataclass
from chalicelib.security.foreign_json import read_foreign_json

CONNECT_SECONDS, TOTAL_SECONDS = 2.0, 5.0
# All calls of a sign-in together, which has 29 seconds until the gateway gives up, 15 of them for its writes.
SIGN_IN_SECONDS = 10.0
LARGEST = 1_000_000
REDIRECTS = 3
MOVED = frozenset({301, 302, 303, 307, 308})
_PIECE = 65_536
# When the calls that are made together must be over; None: each has its own time only.
_over_at: ContextVar[float | None] = ContextVar("over_at", default=None)


class CallFailed(Exception):
    """A call that was not answered, not in time, or by more than it may be."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether it is an answer to what was asked."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body read as JSON. Raises CallFailed."""
        try:
            return read_foreign_json(self.body)
        except ValueError:
            raise CallFailed("no JSON") from None


@dataclass(frozen=True)
class Call:
    """What is to be asked of another server."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@contextmanager
def together_within(seconds: float) -> Iterator[None]:
    """Within it, all calls together take no longer than this."""
    before = _over_at.set(clock.stopwatch() + seconds * 1000)
    try:
        yield
    finally:
        _over_at.reset(before)


def ask(call: Call, largest: int = LARGEST) -> Answer:
    """The answer of a server that a superuser has named, wherever it is. Raises CallFailed."""
    if not call.url.startswith(("http://", "https://")):
        raise CallFailed("no address of a server")
    try:
        pool = urllib3.connection_from_url(call.url)
    except (HTTPError, ValueError) as error:
        raise CallFailed(type(error).__name__) from None
    with pool:
        return exchange(pool, replace(call, url=target_of(call.url)), largest)


def ask_along(call: Call) -> Answer:
    """The answer, followed to where it has moved on the same server, to which alone secrets are shown."""
    for _ in range(REDIRECTS + 1):
        answer = ask(call)
        if answer.status not in MOVED or call.method != "GET":
            return answer
        url = _join(call.url, answer.headers.get("location", ""))
        if _origin_of(url) != _origin_of(call.url):
            raise CallFailed("moved to another server")
        call = replace(call, url=url)
    raise CallFailed("moved too often")


def exchange(pool: urllib3.HTTPConnectionPool, call: Call, largest: int = LARGEST) -> Answer:
    """Send over these connections and read all of the answer, within the bounds. Raises CallFailed."""
    seconds = _seconds_left()
    with _cut_after(pool, seconds) as is_cut:
        try:
            response = pool.request(
                call.method,
                call.url,
                body=call.body,
                headers={"Accept-Encoding": "identity", "User-Agent": "quoll", **call.headers},
                timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds, total=seconds),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                body = _read_all(response, largest)
            finally:
                response.close()
        except (HTTPError, OSError, ValueError) as error:
            raise CallFailed(type(error).__name__) from None
    if is_cut.is_set():  # what is cut can look like an answer that has ended
        raise CallFailed("the answer takes too long")
    return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)


def target_of(url: str) -> str:
    """What of an address the server is told.

    >>> [target_of(each) for each in ("https://a.io", "https://a.io?b=c", "https://a.io/b?c#d")]
    ['/', '/?b=c', '/b?c']
    """
    rest = url.partition("://")[2].partition("#")[0]
    at = next((place for place, letter in enumerate(rest) if letter in "/?"), len(rest))
    target = rest[at:]
    return target if target.startswith("/") else f"/{target}"


def _seconds_left() -> float:
    over_at = _over_at.get()
    left = TOTAL_SECONDS if over_at is None else (over_at - clock.stopwatch()) / 1000
    if left <= 0:
        raise CallFailed("no time is left")
    return min(left, TOTAL_SECONDS)


@contextmanager
def _cut_after(pool: urllib3.HTTPConnectionPool, seconds: float) -> Iterator[threading.Event]:
    """Within it, connections of the pool end when the time is over; tells whether that has happened.

    A timeout of the socket bounds each wait for a few bytes, of which there may be any number.
    """
    opened: list[socket.socket] = []
    is_cut, make = threading.Event(), pool.ConnectionCls

    def make_watched(*given: Any, **named: Any) -> Any:
        connection: Any = make(*given, **named)
        connect = connection.connect

        def connect_watched() -> None:
            connect()
            opened.append(connection.sock)
            if is_cut.is_set():
                _cut(opened)

        connection.connect = connect_watched
        return connection

    def cut() -> None:
        is_cut.set()
        _cut(opened)

    pool.ConnectionCls = make_watched  # type: ignore[assignment]
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_cut
    finally:
        timer.cancel()


def _cut(opened: list[socket.socket]) -> None:
    for each in opened:
        with suppress(OSError):
            socket.socket.shutdown(each, socket.SHUT_RDWR)  # TLS has a farewell of its own, and waits for it


def _read_all(response: urllib3.BaseHTTPResponse, largest: int) -> bytes:
    content = bytearray()
    while piece := response.read1(_PIECE):
        content += piece
        if len(content) > largest:
            raise CallFailed("the answer is too large")
    return bytes(content)


def _join(base: str, moved: str) -> str:
    try:
        return urljoin(base, moved)
    except ValueError:
        raise CallFailed("moved nowhere") from None


def _origin_of(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        raise CallFailed("moved nowhere") from None
