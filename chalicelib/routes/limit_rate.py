"""Limits of how often a client may ask, put before the views: every reading of a request counts it once."""

from chalice.app import Request

from chalicelib.limits.limit import limit_request
from chalicelib.request import RequestInfo


def limit_rate(app_request: Request, request: RequestInfo) -> RequestInfo:
    """The request, if it is not one too many. Raises TooManyRequests."""
    parameters = app_request.to_original_event().get("pathParameters") or {}
    limit_request(request, app_request.path, parameters)
    return request
