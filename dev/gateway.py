"""API Gateway in process: what it answers itself, and what it hands to the application.

`make run` serves it over HTTP, the API tests call it directly. Unknown paths and methods, too large bodies
and preflight requests never reach the application on AWS, and they do not here: their answers are the
gateway responses that deployment configures. And a view may do what its role allows on AWS, and no more.
"""

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalice import Chalice
from chalice.local import LocalChalice

from chalicelib.deploy.gateway_answers import HEADERS, METHODS, NoFile, body_of
from chalicelib.errors import ApiError, NotFound, TooLarge
from dev.event import Headers, HttpRequest, make_event, read_answer
from dev.matching import find_route, grow
from dev.permitted import acting_as

Answer = tuple[int, dict[str, str], bytes]

BODY_MAX = 10 * 1024 * 1024


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function about the call."""

    function_name: str
    aws_request_id: str
    memory_limit_in_mb: int = 512
    function_version: str = "$LATEST"

    @property
    def invoked_function_arn(self) -> str:
        """A name for it."""
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Never short of time here."""
        return 29_000


class ThreadedChalice(LocalChalice):
    """The application serving many requests at once: the one at hand is the thread's own."""

    _CONTEXT = threading.local()

    @property
    def lambda_context(self) -> Any:
        """The call at hand."""
        return getattr(self._CONTEXT, "value", None)

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        self._CONTEXT.value = value


class Gateway:
    """The application behind an API Gateway of its own."""

    def __init__(self, app: Chalice) -> None:
        app.__class__ = ThreadedChalice
        self._app: Callable[[Any, Any], dict[str, Any]] = app
        self._routes: Mapping[str, Mapping[str, Any]] = app.routes
        self._tree = grow(app.routes)

    def handle(self, method: str, target: str, headers: Headers | None = None, body: bytes = b"") -> Answer:
        """Status, headers and body of the answer to a request from this machine."""
        return self.answer(HttpRequest(method, target, headers or {}, body))

    def answer(self, request: HttpRequest) -> Answer:
        """Status, headers and body of the answer; that to HEAD has no body."""
        status, headers, body = self._answer(request)
        if request.method != "HEAD":
            return status, headers, body
        return status, {"Content-Length": str(len(body)), **headers} if body else headers, b""

    def _answer(self, request: HttpRequest) -> Answer:
        if request.method == "OPTIONS":
            return preflight(request)
        match = find_route(self._tree, request.path)
        if match is None or request.method not in self._routes[match.route]:
            return refusal(request, NoFile if request.method in ("GET", "HEAD") else NotFound)
        if len(request.body) > BODY_MAX:
            return refusal(request, TooLarge)
        view = self._routes[match.route][request.method].view_name
        with acting_as(view):
            return read_answer(self._app(make_event(request, match), Context(view, str(uuid.uuid4()))))


def preflight(request: HttpRequest) -> Answer:
    """What a browser is told before it sends a request from another origin."""
    asked = {name.lower(): value for name, value in request.headers.items()}
    if "origin" not in asked:
        return 204, {"Vary": "Origin"}, b""
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": METHODS,
        "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }
    if wanted := asked.get("access-control-request-headers"):
        headers["Access-Control-Allow-Headers"] = wanted if isinstance(wanted, str) else ", ".join(wanted)
    return 204, headers, b""


def refusal(request: HttpRequest, error: type[ApiError]) -> Answer:
    """An error that the application never hears of."""
    headers = dict(HEADERS)
    if not any(name.lower() == "origin" for name in request.headers):
        del headers["Access-Control-Allow-Origin"]
    return error.status, headers, body_of(error).encode()
