"""What API Gateway answers by itself, in PocketBase's shape; the local gateway answers with the same.

PocketBase looks for a file wherever it is asked to read an unknown path, and says so. A gateway response
knows nothing of the request that it answers, so that text is a method's answer (gateway_document.py).
"""

import json
from collections.abc import Mapping

from chalicelib import errors
from chalicelib.errors import ApiError

METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE"
# On whatever the gateway answers. It cannot tell who asks from another origin, so all are told.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Content-Type": "application/json",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Xss-Protection": "1; mode=block",
}
PREFLIGHT = {"Access-Control-Allow-Methods": METHODS, "Vary": "Origin"}


class NoFile(errors.NotFound):
    """Nothing can be read there."""

    message = "File not found."


class TimedOut(ApiError):
    """The function did not answer in time, or not at all."""

    status = 504
    message = errors.Overloaded.message


# By API Gateway's names for the reasons. No route asks for a signature or a key, so where one is missing or
# wrong, the path or the method was: the gateway takes the token of somebody signed in for a bad signature.
GATEWAY_ANSWERS: Mapping[str, type[ApiError]] = {
    "MISSING_AUTHENTICATION_TOKEN": errors.NotFound,
    "INVALID_SIGNATURE": errors.NotFound,
    "EXPIRED_TOKEN": errors.NotFound,
    "UNAUTHORIZED": errors.NotFound,
    "RESOURCE_NOT_FOUND": errors.NotFound,
    "DEFAULT_4XX": errors.NotFound,
    "ACCESS_DENIED": errors.Forbidden,
    "WAF_FILTERED": errors.Forbidden,
    "BAD_REQUEST_BODY": errors.BadRequest,
    "BAD_REQUEST_PARAMETERS": errors.BadRequest,
    "UNSUPPORTED_MEDIA_TYPE": NoFile,
    "REQUEST_TOO_LARGE": errors.TooLarge,
    "THROTTLED": errors.TooManyRequests,
    "QUOTA_EXCEEDED": errors.TooManyRequests,
    "INTEGRATION_FAILURE": TimedOut,
    "INTEGRATION_TIMEOUT": TimedOut,
    "DEFAULT_5XX": errors.InternalError,
}


def body_of(answer: type[ApiError]) -> str:
    """The JSON of an answer."""
    return json.dumps(answer().to_json(), separators=(",", ":"))
