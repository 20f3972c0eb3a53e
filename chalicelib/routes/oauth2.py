"""Other identity providers: signing in by them, coming back from them, and setting them up."""

from chalice.app import Blueprint, Response

from chalicelib.auth.oauth2.apple import generate_client_secret
from chalicelib.auth.oauth2.methods import list_known_providers
from chalicelib.auth.oauth2.redirect import take_redirect
from chalicelib.auth.with_oauth2 import sign_in_with_oauth2
from chalicelib.routes.answer import answer
from chalicelib.routes.read import read_request, require_superuser

blueprint = Blueprint(__name__)
REDIRECT = "/api/oauth2-redirect"
KNOWN = "/api/collections/meta/oauth2-providers"


@blueprint.route(
    "/api/collections/{collection}/auth-with-oauth2",
    methods=["POST"],
    name="auth_with_oauth2",
    content_types=[],
)
def auth_with_oauth2(collection: str) -> Response:
    """A provider's code becomes a token."""
    request = read_request(blueprint.current_request)
    return answer(request, sign_in_with_oauth2(collection, request))


@blueprint.route(KNOWN, methods=["GET", "HEAD"], name="oauth2_providers", content_types=[])
def oauth2_providers() -> Response:
    """All providers that a collection may name."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, list_known_providers())


@blueprint.route(REDIRECT, methods=["GET", "HEAD", "POST"], name="oauth2_redirect", content_types=[])
def oauth2_redirect() -> Response:
    """Back from a provider: the code goes to the waiting client, the browser to a page that says so."""
    request = read_request(blueprint.current_request)
    return Response(
        b"",
        headers={"Location": take_redirect(request)},
        status_code=307 if request.method == "GET" else 303,
    )


@blueprint.route(
    "/api/settings/apple/generate-client-secret",
    methods=["POST"],
    name="apple_client_secret",
    content_types=[],
)
def apple_client_secret() -> Response:
    """The secret that Apple wants of a client."""
    request = require_superuser(read_request(blueprint.current_request))
    return answer(request, generate_client_secret(request))
