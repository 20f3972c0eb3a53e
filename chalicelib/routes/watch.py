"""What an operator sees of a request: one log line, its metrics, its place in a trace. Never a secret."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from chalice.app import Request, Response

from chalicelib import clock
from chalicelib.logs.keep import keep_request
from chalicelib.observability.cold_start import cold_start
from chalicelib.observability.logger import logger
from chalicelib.observability.metrics import publish_metrics
from chalicelib.observability.redact import redact_text, redact_values
from chalicelib.observability.request_log import gathered_facts, start_facts
from chalicelib.observability.tracing import traced
from chalicelib.routes.keep import DETAILS, see
from chalicelib.routes.read import read_query
from chalicelib.storage.spending import spent, spent_since

GetResponse: TypeAlias = Callable[[Request], Response]

# What a client may call its request: short, and nothing that breaks a line.
CLIENTS_ID = re.compile(r"[A-Za-z0-9._:@/+=-]{1,128}")


def log_request(request: Request, get_response: GetResponse) -> Response:
    """One structured line per request, whatever comes of it, its metrics, and what superusers see of it."""
    started, before = clock.stopwatch(), spent()
    start_facts()
    logger.thread_safe_clear_keys()
    logger.thread_safe_append_keys(**correlate(request))
    response = get_response(request)
    took = clock.stopwatch() - started
    keep_request(lambda: see(request, response.status_code, took))
    facts = {name: fact for name, fact in gathered_facts().items() if name != DETAILS}
    done = {"status": response.status_code, "milliseconds": round(took, 1), **spent_since(before), **facts}
    logger.info("request", extra={**describe(request), **done})
    _publish(request, done)
    return response


def trace_request(request: Request, get_response: GetResponse) -> Response:
    """The request as a part of its trace, where the stage has traces."""
    with traced(function_of(request), {"route": request.path, **correlate(request)}):
        return get_response(request)


def correlate(request: Request) -> dict[str, str]:
    """What every line of this request carries, so that they are found together.

    `request_id` is the gateway's, which the client gets as `x-amzn-requestid`; `client_request_id` is what
    the client sent as `X-Request-Id`. The trace's id is added by powertools.
    """
    given = request.headers.get("x-request-id", "")
    known = {"client_request_id": redact_text(given)} if CLIENTS_ID.fullmatch(given) else {}
    return {"request_id": request.context.get("requestId", ""), "function": function_of(request), **known}


def function_of(request: Request) -> str:
    """The Lambda function that serves the request."""
    return str(getattr(request.lambda_context, "function_name", ""))


def measure(done: Mapping[str, Any]) -> dict[str, float]:
    """What a request adds to the metrics."""
    amounts = {
        "Latency": done["milliseconds"],
        "ReadUnits": done["read_units"],
        "WriteUnits": done["write_units"],
        "Throttles": done["throttles"],
        "ItemsExamined": done.get("items", 0),
        "Refusals": int(400 <= done["status"] < 500),
        "Errors": int(done["status"] >= 500),
    }
    return {**amounts, "ColdStart": 1} if cold_start.take() else amounts


def describe(request: Request) -> dict[str, Any]:
    """A request as the log shows it: without secrets."""
    event = request.to_original_event()
    return {
        "method": request.method,
        "route": request.path,
        "path": redact_text(event.get("path", "")),
        "query": redact_values(read_query(event)),
        "ip": event["requestContext"].get("identity", {}).get("sourceIp", ""),
        "user_agent": redact_text(request.headers.get("user-agent", "")),
    }


def _publish(request: Request, done: Mapping[str, Any]) -> None:
    known = {"route": request.path, "request_id": request.context.get("requestId", "")}
    plan = {"plan": done["plan"]} if "plan" in done else {}
    publish_metrics(function_of(request), measure(done), known | plan)
