"""Signing in: the routes below an auth collection that are about tokens."""

from chalice.app import Blueprint, Response

from chalicelib.auth.methods import list_auth_methods
from chalicelib.auth.refresh import refresh_sign_in
from chalicelib.auth.with_password import sign_in_with_password
from chalicelib.routes.answer import answer
from chalicelib.routes.read import read_request

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
