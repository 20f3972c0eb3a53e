"""POST settings/test/email: one of a collection's mails, sent to see whether and how it leaves."""

from collections.abc import Callable, Mapping

from chalicelib import clock
from chalicelib.auth.form import read_form
from chalicelib.auth.login_alert import write_alert
from chalicelib.auth.request_mail import NO_KEY, check_email, write_mail
from chalicelib.auth.request_otp import write_otp
from chalicelib.auth.tokens import EMAIL_CHANGE, PASSWORD_RESET, VERIFICATION
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.mail.failures import MailFailed
from chalicelib.mail.message import Message
from chalicelib.mail.send import send_now
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import SUPERUSERS
from chalicelib.schema.problems import REQUIRED, Problem, problems_to_json, without_none
from chalicelib.schema.record import Record

FAILED = "Failed to send the test email."
UNKNOWN = Problem("validation_in_invalid", "Must be a valid value.")
NO_COLLECTION = Problem("validation_invalid_auth_collection", "Must be a valid auth collection id or name.")


def try_mail(request: RequestInfo) -> None:
    """Send a mail about a record that does not exist. Raises BadRequest, which says why it did not leave."""
    form = read_form(request, ("email", "template", "collection"))
    name = form["collection"] or SUPERUSERS
    collection = get_catalog_with(name).find(name)
    if collection is None or collection.auth is None:
        raise ValidationFailed(FAILED, problems_to_json({**_check(form), "collection": NO_COLLECTION}))
    if problems := _check(form):
        raise ValidationFailed(FAILED, problems_to_json(problems))
    try:
        send_now(_WRITERS[form["template"]](_made_up(collection, form["email"])))
    except MailFailed as failed:
        raise BadRequest(f"{FAILED} Raw error: \n{failed}") from failed


def _check(form: Mapping[str, str]) -> dict[str, Problem]:
    template = form["template"]
    known = None if template in _WRITERS else UNKNOWN
    return without_none({"email": check_email(form["email"]), "template": known if template else REQUIRED})  # type: ignore[return-value]


def _made_up(collection: Collection, email: str) -> Record:
    """A record that tells which of its fields is where in a mail."""
    values = {
        field.name: field.empty if field.hidden else field.accept(f"__pb_test_{field.name}__")
        for field in collection.fields
    }
    return Record(collection, {**values, "email": email, "tokenKey": NO_KEY})


def _write_otp(record: Record) -> Message:
    return write_otp(record, "_PB_TEST_OTP_ID_", "123456")


def _write_alert(record: Record) -> Message:
    return write_alert(record, f"{clock.to_text(clock.now())} - TEST_IP TEST_USER_AGENT")


# By what a request may call them.
_WRITERS: Mapping[str, Callable[[Record], Message]] = {
    "verification": lambda record: write_mail(record, VERIFICATION),
    "password-reset": lambda record: write_mail(record, PASSWORD_RESET),
    "email-change": lambda record: write_mail(record, EMAIL_CHANGE, str(record.get("email"))),
    "otp": _write_otp,
    "login-alert": _write_alert,
}
