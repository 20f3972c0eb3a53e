"""Answers out: the only place that writes JSON to a client."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from chalice.app import Response

from chalicelib.errors import BadRequest
from chalicelib.picking import PickError, pick
from chalicelib.request import RequestInfo

JSON_TYPE = "application/json"
# Half a surrogate pair: no text that came in as UTF-8 holds one.
MARK = "\udfff"
# Lambda returns 6 291 556 bytes at most, and bodies leave it in Base64, which makes four of three.
MAX_BYTES = 4_700_000
TOO_LARGE = "The answer is too large: ask for fewer records (perPage) or fewer fields (fields, expand)."

# Floats that Python and Go write differently. Within a text it finds no float, which costs only time.
_PYTHONS_NUMBER = re.compile(r"[0-9](?:e[+-]?[0-9]|\.0(?![0-9]))")
_QUOTED_NUMBER = re.compile(f'"{MARK}([^"]*)"')


def answer(request: RequestInfo, data: Any, status: int = 200) -> Response:
    """Data as JSON, cut down to what ``?fields=`` asks for."""
    response = _answer_picked(request, data, status)
    if len(response.body) > MAX_BYTES:
        raise BadRequest(TOO_LARGE)
    return response


def answer_written(request: RequestInfo, data: Mapping[str, Any]) -> Response:
    """What was just stored, which no size may refuse: too large, it comes without `expand`, or as its id."""
    response = _answer_picked(request, data, 200)
    for left in (_without_expand, _only_id):
        if len(response.body) <= MAX_BYTES:
            break
        response = _answer_picked(request, left(data), 200)
    return response


def answer_several(request: RequestInfo, results: Sequence[Mapping[str, Any]]) -> Response:
    """The same of several that were just stored: their bodies are cut down together."""
    response = _answer_picked(request, results, 200)
    for left in (_without_expand, _only_id):
        if len(response.body) <= MAX_BYTES:
            break
        bodies = [result["body"] and left(result["body"]) for result in results]
        shown = [{**result, "body": body} for result, body in zip(results, bodies, strict=True)]
        response = _answer_picked(request, shown, 200)
    return response


def _answer_picked(request: RequestInfo, data: Any, status: int) -> Response:
    fields = request.query.get("fields", "")
    try:
        return json_answer(pick(data, fields) if fields else data, status)
    except PickError as error:
        raise BadRequest() from error


def _without_expand(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in data.items() if key != "expand"}


def _only_id(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in data.items() if key in {"id", "collectionId", "collectionName"}}


def json_answer(data: Any, status: int = 200) -> Response:
    """Data as JSON, whole."""
    return Response(to_json(data), headers={"Content-Type": JSON_TYPE}, status_code=status)


def no_content() -> Response:
    """Done, and nothing to say about it."""
    return Response(b"", headers={}, status_code=204)


def to_json(data: Any) -> bytes:
    """Compact JSON; text stays as it is, but for half characters that UTF-8 cannot hold."""
    text = _dump(data)
    if _PYTHONS_NUMBER.search(text):
        with suppress(RecursionError):  # nested too deep to go through: Python's way is JSON, too
            text = _QUOTED_NUMBER.sub(r"\1", _dump(_quote_floats(data)))
    return text.encode("utf-8", "replace")


def write_number(number: float) -> str:
    """A float as Go writes it: an exponent only below 1e-6 and from 1e21 on, no ``.0`` and no ``e-07``."""
    if number and not 1e-6 <= abs(number) < 1e21:
        return repr(number).replace("e-0", "e-")
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def _dump(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_as_object)


def _quote_floats(data: Any) -> Any:
    """The data with floats as marked text: json.dumps leaves no say in how it writes them."""
    if isinstance(data, float):
        return MARK + write_number(data)
    if isinstance(data, Mapping):
        return {key: _quote_floats(value) for key, value in data.items()}
    return [_quote_floats(item) for item in data] if isinstance(data, list | tuple) else data


def _as_object(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")
