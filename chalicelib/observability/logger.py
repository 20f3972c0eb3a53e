"""The one logger. It writes JSON lines; each request is one of them (routes/middleware.py)."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.config import get_log_level
from chalicelib.observability.redact import redact_text


def write_line(facts: Mapping[str, Any]) -> str:
    """A line of the log. Whatever is logged, by whomever, leaves without tokens: an exception's text, too.

    >>> write_line({"message": "sent aaaaaaaaaa.bbbbbbbbbb.cccccccccc"})
    '{"message":"sent ***"}'
    """
    return redact_text(json.dumps(facts, separators=(",", ":"), default=str))


# The name is the Chalice app's, so what Chalice itself logs (an exception that nothing caught) comes
# out of the same handler in the same shape. stderr would reach CloudWatch just as well, but stdout is
# where powertools' users look.
logger = Logger(
    service="quoll",
    level=get_log_level(),
    stream=sys.stdout,
    utc=True,
    location=None,
    json_serializer=write_line,
)
