"""Requests in: what API Gateway hands over becomes a RequestInfo.

The body is parsed when somebody first looks at it (bodies.py), so that an endpoint refuses an unknown
collection before it refuses malformed JSON, as PocketBase does. Path parameters need no decoding in
views: the middleware has done it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from chalice.app import Request

from chalicelib.auth.file_token import find_file_bearer
from chalicelib.auth.identify import identify
from chalicelib.errors import Forbidden, Unauthorized
from chalicelib.observability.request_log import note_facts
from chalicelib.paging import DEFAULT_PER_PAGE, MAX_PER_PAGE, PageRequest
from chalicelib.request import RequestInfo
from chalicelib.routes.bodies import LazyBody
from chalicelib.schema.record import Record

NOT_A_SUPERUSER = "The authorized record is not allowed to perform this action."
_LARGEST_NUMBER = 2**63 - 1
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}")
_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"", "0", "f", "F", "false", "FALSE", "False"})


def read_request(app_request: Request) -> RequestInfo:
    """Who asks, how, and with what."""
    return _read(app_request, lambda request: identify(request.headers.get("authorization", "")))


def read_file_request(app_request: Request) -> RequestInfo:
    """A request of somebody who is known by a file token in the query and nothing else."""
    return _read(app_request, lambda request: find_file_bearer(request.query.get("token", "")))


def _read(app_request: Request, identify_by: Callable[[RequestInfo], Record | None]) -> RequestInfo:
    event = app_request.to_original_event()
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    request = RequestInfo(
        method=app_request.method,
        path=event.get("path", ""),
        query=read_query(event),
        headers={name.replace("-", "_"): value for name, value in headers.items()},
        body=LazyBody(cast(bytes, app_request.raw_body), headers.get("content-type", "")),
        ip=event["requestContext"].get("identity", {}).get("sourceIp", ""),
    )
    auth = identify_by(request)
    if auth is not None:
        note_facts(auth_collection=auth.collection.name, auth_id=auth.id)
    return replace(request, auth=auth)


def require_superuser(request: RequestInfo) -> RequestInfo:
    """The request, if a superuser makes it. Raises Unauthorized, Forbidden."""
    if request.auth is None:
        raise Unauthorized()
    if not request.is_superuser:
        raise Forbidden(NOT_A_SUPERUSER)
    return request


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
