"""Requests in: what API Gateway hands over becomes a RequestInfo.

The body is parsed when somebody first looks at it (bodies.py), so that an endpoint refuses an unknown
collection before it refuses malformed JSON, as PocketBase does. Path parameters need no decoding in
views: the middleware has done it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from chalice.app import Request

from chalicelib.auth.file_token import find_file_bearer
from chalicelib.auth.identify import identify
from chalicelib.auth.superuser_ips import are_welcome, is_elsewhere, refuse_elsewhere
from chalicelib.errors import Forbidden, Unauthorized
from chalicelib.limits.limit import are_requests_limited
from chalicelib.observability.request_log import note_facts
from chalicelib.paging import DEFAULT_PER_PAGE, MAX_PER_PAGE, PageRequest
from chalicelib.request import RequestInfo
from chalicelib.routes.bodies import LazyBody
from chalicelib.routes.limit_rate import limit_rate
from chalicelib.schema.record import Record
from chalicelib.settings.addresses import find_client
from chalicelib.settings.load import get_settings, peek_settings

NOT_A_SUPERUSER = "The authorized record is not allowed to perform this action."
_LARGEST_NUMBER = 2**63 - 1
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}")
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"", "0", "f", "F", "false", "FALSE", "False"})


def read_request(app_request: Request) -> RequestInfo:
    """Who asks, how, and with what: counted by the limits.

    Raises Forbidden for superusers at an address that they may not use, and TooManyRequests.
    """
    headers = _read_headers(app_request.to_original_event())
    request = _read_bare(app_request, headers)
    request = _complete(request, identify(request.headers.get("authorization", "")), headers)
    refuse_elsewhere(request.auth, request.ip)
    return limit_rate(app_request, request)


def read_file_request(app_request: Request) -> RequestInfo:
    """A request of somebody who is known by a file token in the query and nothing else.

    Raises what `read_request` does. Superusers' file tokens are worth nothing elsewhere, and limits, too, are
    those of whom the Authorization header names.
    """
    headers = _read_headers(app_request.to_original_event())
    request = _read_bare(app_request, headers)
    request = _complete(request, find_file_bearer(request.query.get("token", "")), headers)
    if not are_welcome(request.ip) or are_requests_limited():
        bearer = identify(request.headers.get("authorization", ""))
        refuse_elsewhere(bearer, request.ip)
        limit_rate(app_request, replace(request, auth=bearer))
    return replace(request, auth=None) if is_elsewhere(request.auth, request.ip) else request


def _read_bare(app_request: Request, headers: Mapping[str, str]) -> RequestInfo:
    """A request of nobody in particular, from wherever the gateway says. Asks the table nothing."""
    event = app_request.to_original_event()
    return RequestInfo(
        method=app_request.method,
        path=event.get("path", ""),
        query=read_query(event),
        headers={name.replace("-", "_"): value for name, value in headers.items()},
        body=LazyBody(cast(bytes, app_request.raw_body), headers.get("content-type", "")),
        ip=event["requestContext"].get("identity", {}).get("sourceIp", ""),
    )


def _complete(request: RequestInfo, auth: Record | None, headers: Mapping[str, str]) -> RequestInfo:
    """The request with who makes it, and the address that a trusted proxy tells.

    By the headers as they came: what is trusted in X-Real must not come in X_Real.
    """
    if auth is not None:
        note_facts(auth_collection=auth.collection.name, auth_id=auth.id)
    # The read that found the record has told whether the settings in memory are the newest.
    settings = get_settings() if auth is None else peek_settings()
    ip = find_client(request.ip, headers, settings.trusted_proxy)
    note_facts(ip=ip)
    return replace(request, auth=auth, ip=ip)


def require_superuser(request: RequestInfo) -> RequestInfo:
    """The request, if a superuser makes it. Raises Unauthorized, Forbidden."""
    if request.auth is None:
        raise Unauthorized()
    if not request.is_superuser:
        raise Forbidden(NOT_A_SUPERUSER)
    return request


def _read_headers(event: Mapping[str, Any]) -> dict[str, str]:
    """The headers by their names in small letters, the last of each name."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def read_query(event: Mapping[str, Any]) -> dict[str, str]:
    """The query's parameters, the first of each name."""
    given = event.get("multiValueQueryStringParameters") or {}
    return {name: values[0] for name, values in given.items() if values}


def read_page(request: RequestInfo) -> PageRequest:
    """Which page of a list is wanted: numbers out of range are put right, what is no number is unreadable."""
    query = request.query
    page, per_page = _read_number(query.get("page", "")), _read_number(query.get("perPage", ""))
    skip_total = query.get("skipTotal", "")
    if page is None or per_page is None or skip_total not in _TRUE | _FALSE:
        return PageRequest(is_readable=False)
    return PageRequest(
        page=max(page, 1),
        per_page=min(per_page, MAX_PER_PAGE) if per_page > 0 else DEFAULT_PER_PAGE,
        skip_total=skip_total in _TRUE,
        sort=query.get("sort", ""),
        filter=query.get("filter", ""),
        cursor=query.get("cursor"),
    )


def _read_number(text: str) -> int | None:
    """A number of 64 bits; nothing counts as 0, what is no number as None."""
    if text and not _NUMBER.fullmatch(text):
        return None
    number = int(text or 0)
    return number if abs(number) <= _LARGEST_NUMBER else None
