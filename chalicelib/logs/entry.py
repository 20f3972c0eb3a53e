"""What is kept of a request: level, message and data as PocketBase has them. Pure."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from chalicelib.frozen import dataclass
from chalicelib.observability.redact import redact_text, redact_url
from chalicelib.settings.model import Logs

INFO, ERROR = 0, 8
FIRST_ERROR = 400
LONGEST_URL = 3000
LONGEST_HEADER = 2000
DEFAULT_DATA_SIZE = 16 * 1024
# Whatever the settings say: an item of DynamoDB holds 400 KB.
LARGEST_DATA_SIZE = 256 * 1024
TRUNCATED = "__pb_truncated__"
# The settings take any number; nothing that is here now lasts longer.
MOST_DAYS = 36_500
# Looking at the log is not worth a line in it, unless it was refused.
OWN_PATH = "/api/logs"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request and its answer. `error` is what the answer said when it was refused, `details` more of it."""

    method: str
    url: str
    status: int
    milliseconds: float
    referer: str = ""
    user_agent: str = ""
    remote_ip: str = ""
    user_ip: str = ""
    auth: str = ""
    auth_id: str = ""
    error: str | None = None
    details: Any = None

    @property
    def level(self) -> int:
        """How grave it is."""
        return ERROR if self.status >= FIRST_ERROR else INFO


@dataclass(frozen=True)
class Entry:
    """A line of the log, but for its place."""

    level: int
    message: str
    data: Mapping[str, Any]


def is_kept(seen: Seen, settings: Logs) -> bool:
    """Whether the settings want this request in the log."""
    is_own = seen.url.partition("?")[0].startswith(OWN_PATH) and seen.level == INFO
    return settings.max_days > 0 and seen.level >= settings.min_level and not is_own


def lifetime_of(settings: Logs) -> timedelta:
    """How long lines are kept."""
    return timedelta(days=min(max(settings.max_days, 0), MOST_DAYS))


def entry_of(seen: Seen, settings: Logs) -> Entry:
    """The line about a request: without secrets, and no longer than the settings allow."""
    url = _cut(redact_url(seen.url), LONGEST_URL)
    data = dict(sorted(_facts(seen, url, settings)))
    size = min(settings.max_data_size or DEFAULT_DATA_SIZE, LARGEST_DATA_SIZE)
    return Entry(seen.level, f"{seen.method} {unquote(url)}", truncate(data, size))


def _facts(seen: Seen, url: str, settings: Logs) -> Iterator[tuple[str, Any]]:
    yield from (("type", "request"), ("method", seen.method), ("status", seen.status), ("url", url))
    yield "execTime", round(seen.milliseconds, 6)
    yield "referer", _cut(redact_url(seen.referer), LONGEST_HEADER)
    yield "userAgent", _cut(redact_text(seen.user_agent), LONGEST_HEADER)
    yield "auth", seen.auth
    if settings.log_auth_id and seen.auth_id:
        yield "authId", seen.auth_id
    if settings.log_ip:
        yield from (("remoteIP", seen.remote_ip), ("userIP", seen.user_ip))
    if seen.error is not None:
        yield from (("error", redact_text(seen.error)), ("details", seen.details))


def truncate(data: Mapping[str, Any], most: int) -> dict[str, Any]:
    """What of the data fits into so many bytes of JSON; of a value that does not, only its name is left.

    >>> truncate({"a": 1, "b": "long", "c": 2}, 14)
    {'__pb_truncated__': True, 'a': 1, 'b': None}
    >>> truncate({"a": 1}, 7)
    {'a': 1}
    """
    if len(_json(data)) <= most:
        return dict(data)
    left: dict[str, Any] = {TRUNCATED: True}
    used = 0  # bytes before this key: a brace or a comma, then keys and values
    for name, value in data.items():
        key, text = len(_json(name)) + 2, len(_json(value))
        if used + key > most:
            break
        fits = used + key + text <= most
        left[name] = value if fits else None
        if not fits:
            break
        used += key + text
    return left


def details_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong with which field, as PocketBase logs it; the answer to a request of a batch stays whole.

    >>> details_of({"title": {"code": "validation_required", "message": "Cannot be blank."}})
    {'title': 'cannot be blank'}
    """
    return {name: _detail(problem) for name, problem in data.items() if isinstance(problem, Mapping)}


def _detail(problem: Mapping[str, Any]) -> Any:
    if "response" in problem:
        return problem
    message = problem.get("message")
    return _worded(message) if isinstance(message, str) else details_of(problem)


def _worded(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(".")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "..."


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
