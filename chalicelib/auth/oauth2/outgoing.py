"""Calls to other servers, which may be slow, wrong or hostile: bounded in time and size, not redirected.

What is sent and what comes back holds secrets, so nothing of either is in an exception or a log.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib import clock

# A sign-in makes up to five calls within the gateway's 29 seconds: for the token (if need be twice), the
# user, the user's e-mails and the picture.
CONNECT_SECONDS, TOTAL_SECONDS = 2.0, 5.0
LARGEST = 1_000_000
_PIECE = 65_536


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
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise CallFailed("no JSON") from error


@dataclass(frozen=True)
class Call:
    """What is to be asked of another server."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


def ask(call: Call, largest: int = LARGEST) -> Answer:
    """The answer of a server that a superuser has named, wherever it is. Raises CallFailed."""
    if not call.url.startswith(("http://", "https://")):
        raise CallFailed("no address of a server")
    with urllib3.PoolManager(num_pools=1) as pool:
        return exchange(pool, call, largest)


def exchange(
    pool: urllib3.PoolManager | urllib3.HTTPConnectionPool, call: Call, largest: int = LARGEST
) -> Answer:
    """Send over these connections and read all of the answer, within the bounds. Raises CallFailed."""
    began = clock.stopwatch()
    try:
        response = pool.request(
            call.method,
            call.url,
            body=call.body,
            headers={"Accept-Encoding": "identity", "User-Agent": "quoll", **call.headers},
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=TOTAL_SECONDS, total=TOTAL_SECONDS),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            body = _read_all(response, began, largest)
        finally:
            response.close()
    except (HTTPError, OSError, ValueError) as error:
        raise CallFailed(type(error).__name__) from None
    return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)


def _read_all(response: urllib3.BaseHTTPResponse, began: float, largest: int) -> bytes:
    content = b""
    while piece := response.read1(_PIECE):
        content += piece
        if len(content) > largest:
            raise CallFailed("the answer is too large")
        if clock.stopwatch() - began > TOTAL_SECONDS * 1000:
            raise CallFailed("the answer takes too long")
    return content
