"""A request and its answer as the requests' log sees them."""

from typing import Any
from urllib.parse import quote, urlencode

from chalice.app import Request

from chalicelib.errors import ApiError
from chalicelib.filters import FilterError
from chalicelib.logs.entry import Seen, details_of
from chalicelib.observability.redact import redact_text
from chalicelib.observability.request_log import gathered_facts, note_facts

# Facts that are for this log alone.
ERROR, DETAILS = "error", "details"


def note_refusal(error: ApiError) -> None:
    """Remember what a request was refused with."""
    note_facts(**{ERROR: error.message, DETAILS: _details_of(error)})


def see(request: Request, status: int, milliseconds: float) -> Seen:
    """What is to be known of a request that was answered."""
    event, facts = request.to_original_event(), gathered_facts()
    remote_ip = event["requestContext"].get("identity", {}).get("sourceIp", "")
    return Seen(
        method=request.method,
        url=_url_of(event),
        status=status,
        milliseconds=milliseconds,
        referer=request.headers.get("referer", ""),
        user_agent=request.headers.get("user-agent", ""),
        remote_ip=remote_ip,
        user_ip=facts.get("ip", remote_ip),
        auth=facts.get("auth_collection", ""),
        auth_id=facts.get("auth_id", ""),
        error=facts.get(ERROR),
        details=facts.get(DETAILS),
    )


def _url_of(event: dict[str, Any]) -> str:
    """Path and query, encoded as browsers do it: how the client did is not known any more."""
    given = event.get("multiValueQueryStringParameters") or {}
    pairs = [(name, value) for name, values in given.items() for value in values]
    query = urlencode(pairs, quote_via=quote, safe="!'()*", errors="replace")
    return f"{event.get('path', '')}?{query}" if query else str(event.get("path", ""))


def _details_of(error: ApiError) -> Any:
    """What is wrong with which field, or a filter. No other cause: it may tell what nobody should see."""
    if error.data:
        return details_of(error.data)
    cause = error.__cause__
    return redact_text(cause.message) if isinstance(cause, FilterError) else None
