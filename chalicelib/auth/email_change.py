"""POST request-email-change, confirm-email-change: a new address, for who has its mail and the password."""

from collections.abc import Mapping

from chalicelib.auth.context import get_any_collection, get_auth_collection, require_own
from chalicelib.auth.form import check_text, read_form
from chalicelib.auth.identify import find_bearer
from chalicelib.auth.mailed_tokens import ELSEWHERE, INVALID, claim_of, save_checked
from chalicelib.auth.request_mail import check_email, write_mail
from chalicelib.auth.tokens import EMAIL_CHANGE
from chalicelib.auth.with_password import find_by_identity, has_password
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.mail.failures import MailFailed
from chalicelib.mail.send import send_now
from chalicelib.observability.logger import logger
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import SUPERUSERS
from chalicelib.schema.problems import REQUIRED, Problem, problems_to_json, without_none
from chalicelib.schema.record import Record

DIRECTLY = "All superusers can change their emails directly."
NOT_SENT = "Failed to request email change."
FAILED = "Failed to confirm email change."
LONGEST_PASSWORD = 100
SAME = Problem("validation_not_in_invalid", "Must not be in list.")
TAKEN = Problem("validation_invalid_new_email", "Invalid new email address.")
NO_EMAIL = Problem("validation_invalid_token_payload", "Invalid token payload - newEmail must be set.")
TAKEN_SINCE = Problem("validation_invalid_token_email", "The new email address is invalid.")
WRONG_PASSWORD = Problem("validation_invalid_password", "Missing or invalid auth record password.")


@refusals_as_answers()
def request_email_change(name_or_id: str, request: RequestInfo) -> None:
    """Send whoever asks a token to the new address; when that fails it is told. Raises BadRequest."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    record = require_own(get_any_collection(name_or_id, related.catalog), request)
    if record.is_superuser:
        raise BadRequest(DIRECTLY)
    new_email = read_form(request, ("newEmail",))["newEmail"]
    if problem := check_email(new_email) or _check_free(new_email, record, related):
        raise ValidationFailed(data=problems_to_json({"newEmail": problem}))
    try:
        send_now(write_mail(record, EMAIL_CHANGE, new_email))
    except MailFailed as failed:
        logger.warning("a mail could not be sent", extra={"kind": "email-change", "reason": str(failed)})
        raise BadRequest(NOT_SENT) from failed


@refusals_as_answers()
def confirm_email_change(name_or_id: str, request: RequestInfo) -> None:
    """Give the record that a token is of the new address; all its tokens end. Raises ValidationFailed."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = get_auth_collection(name_or_id, related.catalog)
    if collection.name == SUPERUSERS:
        raise BadRequest(DIRECTLY)
    form = read_form(request, ("token", "password"))
    start_over_on_conflict(lambda: _confirm(form, collection, RelatedRecords(related.catalog)))


def _check_free(new_email: str, record: Record, related: RelatedRecords) -> Problem | None:
    if new_email == record.get("email"):
        return SAME
    return TAKEN if find_by_identity(new_email, "email", record.collection, related) else None


def _confirm(form: Mapping[str, str], collection: Collection, related: RelatedRecords) -> None:
    record = find_bearer(form["token"], EMAIL_CHANGE)
    new_email = claim_of(form["token"], "newEmail")
    token = _check_token(form["token"], record, collection, related)
    owner = None if token else record
    problems = without_none(
        {"token": token, "password": _check_password(form["password"], owner, collection)}
    )
    if record is None or problems:
        raise ValidationFailed(data=problems_to_json(problems))
    save_checked(record, record.having(email=new_email, verified=True), FAILED)


def _check_token(
    token: str, record: Record | None, collection: Collection, related: RelatedRecords
) -> Problem | None:
    new_email = claim_of(token, "newEmail")
    if not new_email:
        return NO_EMAIL if token else REQUIRED
    if record is None:
        return INVALID
    if record.collection.id != collection.id:
        return ELSEWHERE
    return TAKEN_SINCE if find_by_identity(new_email, "email", collection, related) else None


def _check_password(password: str, owner: Record | None, collection: Collection) -> Problem | None:
    if problem := check_text(password, LONGEST_PASSWORD):
        return problem
    return None if has_password(owner, password, collection) else WRONG_PASSWORD
