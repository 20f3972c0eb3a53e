"""``smoke``: does a deployed Quoll answer as it should? It is asked from outside, and nothing is written."""

import http.client
import json
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from chalicelib import clock
from chalicelib.commands.command import Command, CommandFailed, say
from chalicelib.frozen import dataclass
from chalicelib.ids import new_record_id

ATTEMPTS = 5
PAUSE_SECONDS = 3.0
ANSWER_SECONDS = 30
# A host that hangs is given up after about this long, whatever is left to check.
PATIENCE_SECONDS = 90
ORIGIN = "https://example.com"


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is None when it is not JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Check:
    """A request and what its answer must be like."""

    what: str
    path: str
    is_right: Callable[[Answer], bool]
    method: str = "GET"


def _is_refusal(status: int) -> Callable[[Answer], bool]:
    """A refusal of PocketBase's shape that a browser may read."""
    return lambda answer: (
        answer.status == status
        and isinstance(answer.body, dict)
        and set(answer.body) == {"data", "message", "status"}
        and answer.body["status"] == status
        and "access-control-allow-origin" in answer.headers
    )


def _is_healthy(answer: Answer) -> bool:
    return answer.status == 200 and isinstance(answer.body, dict) and answer.body.get("code") == 200


def _lets_browsers_in(answer: Answer) -> bool:
    return answer.status in (200, 204) and "access-control-allow-origin" in answer.headers


CHECKS = (
    Check("it is healthy", "/api/health", _is_healthy),
    Check(
        "the table answers: no collection of a made-up name",
        "/api/collections/{name}/records",
        _is_refusal(404),
    ),
    Check("collections are for superusers", "/api/collections", _is_refusal(401)),
    Check("a path that is not there is a 404 of PocketBase's shape", "/api/{name}", _is_refusal(404)),
    Check("browsers may ask from other origins", "/api/collections", _lets_browsers_in, "OPTIONS"),
)


def smoke(url: str, pause: float = PAUSE_SECONDS) -> str:
    """Make all checks; what to tell. Raises CommandFailed when one never comes right."""
    until = clock.stopwatch() + PATIENCE_SECONDS * 1000
    failed = [check.what for check in CHECKS if not _comes_right(check, url.rstrip("/"), pause, until)]
    if failed:
        raise CommandFailed(f"{url} does not answer as it should: {'; '.join(failed)}.")
    return f"{url} answers as it should: {len(CHECKS)} checks."


def _comes_right(check: Check, url: str, pause: float, until: float) -> bool:
    """Asked again a few times: a gateway takes some seconds to know of a deployment."""
    path = check.path.format(name=new_record_id())
    told = "nothing: the time for all checks is over"
    for attempt in range(ATTEMPTS):
        time.sleep(pause if attempt else 0)
        if clock.stopwatch() > until:
            break
        try:
            answer = _ask(check.method, url + path)
        except (OSError, http.client.HTTPException) as error:
            told = f"{error}"
            continue
        if check.is_right(answer):
            say(f"ok      {check.what}")
            return True
        told = f"{answer.status} {json.dumps(answer.body)[:200]}"
    say(f"FAILED  {check.what}: {check.method} {path} answered {told}")
    return False


def _ask(method: str, url: str) -> Answer:
    parts = urlsplit(url)
    is_safe = parts.scheme == "https"
    connect = http.client.HTTPSConnection if is_safe else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=ANSWER_SECONDS)
    try:
        headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET", "Accept": "application/json"}
        connection.request(method, parts.path, headers=headers)
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, _read(response.read()))
    finally:
        connection.close()


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "url", help="where it is: what SDKs are given, such as the URL that chalice deploy prints"
    )


def _run(wanted: Namespace) -> str:
    if urlsplit(wanted.url).scheme not in ("http", "https"):
        raise CommandFailed(f"{wanted.url} is no URL: it begins with https://")
    return smoke(wanted.url)


COMMAND = Command("smoke", "ask a deployed Quoll whether it answers as it should", _add, _run, on_stage=False)
