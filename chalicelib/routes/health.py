"""GET /api/health: whether the application answers."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.config import get_config
from chalicelib.request import RequestInfo
from chalicelib.routes.answer import answer
from chalicelib.routes.read import read_request
from chalicelib.settings.load import peek_settings

blueprint = Blueprint(__name__)
# X-Forwarded-For is not among them: API Gateway always sends one, and the address is known without it. A
# superuser may trust it nevertheless, behind a proxy of his own.
PROXY_HEADERS = ("CF-Connecting-IP", "Fly-Client-IP")


@blueprint.route("/api/health", methods=["GET", "HEAD"], name="health", content_types=[])
def get_health() -> Response:
    """Whether the application answers; superusers also learn how it sees them."""
    get_config()  # raises: an application whose settings make no sense is not healthy
    request = read_request(blueprint.current_request)
    return answer(request, describe_health(request))


def describe_health(request: RequestInfo) -> dict[str, Any]:
    """PocketBase's health answer."""
    return {
        "message": "API is healthy.",
        "code": 200,
        "data": describe_caller(request) if request.is_superuser else {},
    }


def describe_caller(request: RequestInfo) -> dict[str, Any]:
    """How the application sees a superuser, and that no backup is being made just now."""
    known = (*peek_settings().trusted_proxy.headers, *PROXY_HEADERS)
    proxies = [name for name in known if request.headers.get(name.lower().replace("-", "_"))]
    return {"realIP": request.ip, "possibleProxyHeader": proxies[0] if proxies else "", "canBackup": True}
