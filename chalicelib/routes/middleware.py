"""What happens around every view, outermost first: it is watched, PocketBase's headers, errors as JSON."""

from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import unquote

from chalice.app import CaseInsensitiveMapping, Request, Response

from chalicelib.errors import ApiError, InternalError, NotFound
from chalicelib.routes.answer import json_answer
from chalicelib.routes.cost import tell_cost
from chalicelib.routes.keep import note_refusal
from chalicelib.routes.watch import log_request, trace_request

GetResponse: TypeAlias = Callable[[Request], Response]

STANDARD_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Xss-Protection": "1; mode=block",
}
_CHALICE_CORS = ("Access-Control-Allow-Headers", "Access-Control-Max-Age")


def add_headers(request: Request, get_response: GetResponse) -> Response:
    """PocketBase's headers on every answer; HEAD keeps them, and loses the body."""
    has_origin = "origin" in request.headers
    response = get_response(request)
    for name in _CHALICE_CORS:
        response.headers.pop(name, None)
    is_framed = "Content-Security-Policy" in response.headers and "X-Frame-Options" not in response.headers
    response.headers.update(STANDARD_HEADERS)
    if is_framed:  # files may be shown in frames, and are harmless there
        del response.headers["X-Frame-Options"]
    response.headers.pop("Access-Control-Allow-Origin", None)
    if has_origin:
        response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "HEAD" and response.body:
        response.headers.setdefault("Content-Length", str(len(response.body)))
        response.body = b""
    return response


def errors_as_json(request: Request, get_response: GetResponse) -> Response:
    """An ApiError, and whatever Chalice itself refuses, in PocketBase's shape."""
    try:
        response = get_response(request)
    except ApiError as error:
        note_refusal(error)
        return json_answer(error.to_json(), error.status)
    if isinstance(response.body, bytes):
        return response
    refusal = _error_of_chalice(request.method, response.status_code)
    note_refusal(refusal)
    return json_answer(refusal.to_json(), refusal.status)


def prepare_request(request: Request, get_response: GetResponse) -> Response:
    """Decode the path's parameters, and keep Chalice from judging bodies by what the client accepts."""
    event = request.to_original_event()
    encoded = event.get("pathParameters") or {}
    event["pathParameters"] = {name: unquote(value) for name, value in encoded.items()}
    request.headers = CaseInsensitiveMapping({**request.headers, "accept": "*/*"})
    return get_response(request)


def _error_of_chalice(method: str, status: int) -> ApiError:
    if status >= 500:
        return InternalError()
    # PocketBase serves files on every other path, so a read of a path that takes only writes looks for one.
    return NotFound("File not found." if method in {"GET", "HEAD"} else "")


MIDDLEWARE: tuple[Callable[[Request, Any], Response], ...] = (
    log_request,
    trace_request,
    tell_cost,
    add_headers,
    errors_as_json,
    prepare_request,
)
