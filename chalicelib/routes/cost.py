"""What a request cost: for its log line, and as the ``x-quoll-cost`` header for whoever may know.

    x-quoll-cost: read=4.0 write=0 items=30 plan=in order of insertion

`read` and `write` are capacity units as DynamoDB reports them, the caller's identity included; `items` counts
the records that came off the request's budget; `s3` counts calls to S3; `plan` is how a list was read.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.config import get_config
from chalicelib.observability.request_log import gathered_facts
from chalicelib.schema.completion import SUPERUSERS
from chalicelib.storage.spending import spent, spent_since

HEADER = "x-quoll-cost"
LONGEST_PLAN = 300
# On somebody's own machine, with nothing at stake.
LOCAL_STAGES = ("local", "test")
_NOT_FOR_HEADERS = re.compile(r"[^ -~]")


def tell_cost(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """The header, on every answer to a superuser and on every answer of the local stage."""
    before = spent()
    response = get_response(request)
    facts = gathered_facts()
    if get_config().stage in LOCAL_STAGES or facts.get("auth_collection") == SUPERUSERS:
        response.headers[HEADER] = describe_cost(spent_since(before), facts)
    return response


def describe_cost(units: Mapping[str, float], facts: Mapping[str, Any]) -> str:
    """The header's value.

    >>> describe_cost({"read_units": 4, "write_units": 0.0}, {"items": 30})
    'read=4.0 write=0 items=30'
    """
    said = f"read={units['read_units']:.1f} write={units['write_units']:g} items={facts.get('items', 0)}"
    if files := units.get("s3_calls"):
        said += f" s3={files:g}"
    plan = _NOT_FOR_HEADERS.sub("?", str(facts.get("plan", "")))[:LONGEST_PLAN]
    return f"{said} plan={plan}" if plan else said
