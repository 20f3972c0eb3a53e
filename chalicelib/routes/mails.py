"""Mails with tokens, asked for and come back; and one to try whether mail leaves."""

from chalice.app import Blueprint, Response

from chalicelib.auth.email_change import confirm_email_change, request_email_change
from chalicelib.auth.password_reset import confirm_password_reset, request_password_reset
from chalicelib.auth.try_mail import try_mail
from chalicelib.auth.verification import confirm_verification, request_verification
from chalicelib.routes.answer import no_content
from chalicelib.routes.read import read_request, require_superuser

blueprint = Blueprint(__name__)
PATH = "/api/collections/{collection}"


@blueprint.route(
    f"{PATH}/request-verification", methods=["POST"], name="auth_request_verification", content_types=[]
)
def auth_request_verification(collection: str) -> Response:
    """A token goes to an unverified address."""
    request_verification(collection, read_request(blueprint.current_request))
    return no_content()


@blueprint.route(
    f"{PATH}/confirm-verification", methods=["POST"], name="auth_confirm_verification", content_types=[]
)
def auth_confirm_verification(collection: str) -> Response:
    """It comes back: the address is its owner's."""
    confirm_verification(collection, read_request(blueprint.current_request))
    return no_content()


@blueprint.route(
    f"{PATH}/request-password-reset", methods=["POST"], name="auth_request_password_reset", content_types=[]
)
def auth_request_password_reset(collection: str) -> Response:
    """A token goes to who has forgotten a password."""
    request_password_reset(collection, read_request(blueprint.current_request))
    return no_content()


@blueprint.route(
    f"{PATH}/confirm-password-reset", methods=["POST"], name="auth_confirm_password_reset", content_types=[]
)
def auth_confirm_password_reset(collection: str) -> Response:
    """It comes back, with a new password."""
    confirm_password_reset(collection, read_request(blueprint.current_request))
    return no_content()


@blueprint.route(
    f"{PATH}/request-email-change", methods=["POST"], name="auth_request_email_change", content_types=[]
)
def auth_request_email_change(collection: str) -> Response:
    """A token goes to a new address."""
    request_email_change(collection, read_request(blueprint.current_request))
    return no_content()


@blueprint.route(
    f"{PATH}/confirm-email-change", methods=["POST"], name="auth_confirm_email_change", content_types=[]
)
def auth_confirm_email_change(collection: str) -> Response:
    """It comes back, with the password: the address is changed."""
    confirm_email_change(collection, read_request(blueprint.current_request))
    return no_content()


@blueprint.route("/api/settings/test/email", methods=["POST"], name="settings_test_email", content_types=[])
def settings_test_email() -> Response:
    """A mail as it would be sent."""
    try_mail(require_superuser(read_request(blueprint.current_request)))
    return no_content()
