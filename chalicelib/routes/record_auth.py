"""Signing in: the routes below an auth collection that are about tokens."""

from chalice.app import Blueprint, Response

from chalicelib.auth.impersonate import impersonate
from chalicelib.auth.methods import list_auth_methods
from chalicelib.auth.refresh import refresh_sign_in
from chalicelib.auth.request_otp import request_otp
from chalicelib.auth.with_otp import sign_in_with_otp
from chalicelib.auth.with_password import sign_in_with_password
from chalicelib.routes.answer import answer
from chalicelib.routes.read import read_request, require_superuser

blueprint = Blueprint(__name__)
PATH = "/api/collections/{collection}"


@blueprint.route(f"{PATH}/auth-methods", methods=["GET", "HEAD"], name="auth_methods", content_types=[])
def auth_methods(collection: str) -> Response:
    """The ways to sign in that a collection offers."""
    request = read_request(blueprint.current_request)
    return answer(request, list_auth_methods(collection))


@blueprint.route(f"{PATH}/auth-with-password", methods=["POST"], name="auth_with_password", content_types=[])
def auth_with_password(collection: str) -> Response:
    """An identity and a password become a token."""
    request = read_request(blueprint.current_request)
    return answer(request, sign_in_with_password(collection, request))


@blueprint.route(f"{PATH}/auth-refresh", methods=["POST"], name="auth_refresh", content_types=[])
def auth_refresh(collection: str) -> Response:
    """A token that is still good becomes a new one."""
    request = read_request(blueprint.current_request)
    return answer(request, refresh_sign_in(collection, request))


@blueprint.route(f"{PATH}/request-otp", methods=["POST"], name="auth_request_otp", content_types=[])
def auth_request_otp(collection: str) -> Response:
    """A one-time password goes to an e-mail address."""
    request = read_request(blueprint.current_request)
    return answer(request, request_otp(collection, request))


@blueprint.route(f"{PATH}/auth-with-otp", methods=["POST"], name="auth_with_otp", content_types=[])
def auth_with_otp(collection: str) -> Response:
    """A one-time password becomes a token."""
    request = read_request(blueprint.current_request)
    return answer(request, sign_in_with_otp(collection, request))


@blueprint.route(
    f"{PATH}/impersonate/{{record}}", methods=["POST"], name="auth_impersonate", content_types=[]
)
def auth_impersonate(collection: str, record: str) -> Response:
    """A superuser is given a token of somebody else's."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, impersonate(collection, record, request))
