"""Answers out: the only place that writes JSON to a client."""

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from chalicelib.errors import BadRequest
from chalicelib.picking import PickError, pick
from chalicelib.request import RequestInfo

JSON_TYPE = "application/json"


def answer(request: RequestInfo, data: Any, status: int = 200) -> Response:
    """Data as JSON, cut down to what ``?fields=`` asks for."""
    fields = request.query.get("fields", "")
    try:
        return json_answer(pick(data, fields) if fields else data, status)
    except PickError as error:
        raise BadRequest() from error


def json_answer(data: Any, status: int = 200) -> Response:
    """Data as JSON, whole."""
    return Response(to_json(data), headers={"Content-Type": JSON_TYPE}, status_code=status)


def no_content() -> Response:
    """Done, and nothing to say about it."""
    return Response(b"", headers={}, status_code=204)


def to_json(data: Any) -> bytes:
    """Compact JSON; text stays as it is, but for half characters that UTF-8 cannot hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return text.encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")
