"""GET /api/health: whether the application answers."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.backups.turn import find_work
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
    return answer(request, describe_health(request, blueprint.current_request.headers))


def describe_health(request: RequestInfo, given: Mapping[str, str]) -> dict[str, Any]:
    """PocketBase's health answer."""
    return {
        "message": "API is healthy.",
        "code": 200,
        "data": describe_caller(request, given) if request.is_superuser else {},
    }


def describe_caller(request: RequestInfo, given: Mapping[str, str]) -> dict[str, Any]:
    """How the application sees a superuser, by headers as they came; whether no backup is being made."""
    known = (*peek_settings().trusted_proxy.headers, *PROXY_HEADERS)
    proxies = [name for name in known if given.get(name)]
    return {
        "realIP": request.ip,
        "possibleProxyHeader": proxies[0] if proxies else "",
        "canBackup": find_work() is None,
    }
