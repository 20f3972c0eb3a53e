"""The event that an API Gateway REST API sends to a Lambda function, and the answer that comes back.

With ``*/*`` among the binary types, as the application asks for, every body travels as base64.
"""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from dev.matching import Match

STAGE = "api"
Headers: TypeAlias = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire; header names in any case, repeated ones as a list."""

    method: str
    target: str
    headers: Headers = field(default_factory=dict)
    body: bytes = b""
    ip: str = "127.0.0.1"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


def make_event(request: HttpRequest, match: Match) -> dict[str, Any]:
    """The proxy event of a request that belongs to a route."""
    headers = {name: _all(value) for name, value in request.headers.items()}
    query = _query(request.target)
    return {
        "resource": match.route,
        "path": request.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()} or None,
        "multiValueHeaders": headers or None,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(match.captured) or None,
        "stageVariables": None,
        "requestContext": _context(request, match),
        "body": base64.b64encode(request.body).decode() if request.body else None,
        "isBase64Encoded": bool(request.body),
    }


def read_answer(answer: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what the function answered."""
    body = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else _to_bytes(body)
    headers = {name: str(value) for name, value in (answer.get("headers") or {}).items()}
    several = answer.get("multiValueHeaders") or {}
    headers |= {name: ", ".join(map(str, values)) for name, values in several.items()}
    return int(answer["statusCode"]), headers, raw


def _context(request: HttpRequest, match: Match) -> dict[str, Any]:
    agent = {name.lower(): _all(value)[-1] for name, value in request.headers.items()}.get("user-agent")
    return {
        "resourcePath": match.route,
        "httpMethod": request.method,
        "path": f"/{STAGE}{request.path}",
        "protocol": "HTTP/1.1",
        "stage": STAGE,
        "requestId": str(uuid.uuid4()),
        "apiId": "local",
        "accountId": "000000000000",
        "identity": {"sourceIp": request.ip, "userAgent": agent},
    }


def _query(target: str) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(target.partition("?")[2], keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return query


def _all(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _to_bytes(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode()
