"""POST request-password-reset, confirm-password-reset: a new password for whoever has the mail.

Whether an address is somebody's is not told: not by the answer, and not by the calls it takes.
"""

from collections.abc import Mapping

from chalicelib.auth.context import auth_options, get_auth_collection
from chalicelib.auth.form import check_text, read_form, refused_as_unreadable
from chalicelib.auth.identify import find_bearer
from chalicelib.auth.mailed_tokens import ELSEWHERE, INVALID, claim_of, save_checked
from chalicelib.auth.request_mail import find_by_email, name_of, read_email, write_mail
from chalicelib.auth.tokens import PASSWORD_RESET
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.mail.outbox import post_once, postable
from chalicelib.records.auth_values import MISMATCH
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.password import PasswordField, PlainPassword
from chalicelib.schema.problems import REQUIRED, Problem, problems_to_json, without_none
from chalicelib.schema.record import Record

DISABLED = "The collection is not configured to allow password authentication."
FAILED = "Failed to set new password."
FORM = ("token", "password", "passwordConfirm")
LONGEST = 255  # bytes; the field's own limit is asked after this one


@refusals_as_answers()
def request_password_reset(name_or_id: str, request: RequestInfo) -> None:
    """Send a record its token, at most every two minutes."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = get_auth_collection(name_or_id, related.catalog)
    if not auth_options(collection).password_auth.enabled:
        raise BadRequest(DISABLED)
    email = read_email(request, "email")
    record, is_known = find_by_email(email, collection, related)
    message = write_mail(record, PASSWORD_RESET)
    post_once(name_of(record, PASSWORD_RESET), message, is_known)


@refusals_as_answers()
def confirm_password_reset(name_or_id: str, request: RequestInfo) -> None:
    """Give the record that a token is of the new password; all its tokens end. Raises ValidationFailed."""
    collection = get_auth_collection(name_or_id, get_catalog_with(name_or_id))
    with refused_as_unreadable():
        form = read_form(request, FORM)
    start_over_on_conflict(lambda: _confirm(form, collection))


def _confirm(form: Mapping[str, str], collection: Collection) -> None:
    record = find_bearer(form["token"], PASSWORD_RESET)
    problems = without_none(
        {
            "token": _check_token(form["token"], record, collection),
            "password": _check_password(form["password"], collection),
            "passwordConfirm": _check_confirmation(form["password"], form["passwordConfirm"]),
        }
    )
    if record is None or problems:
        raise ValidationFailed(data=problems_to_json(problems))
    save_checked(record, _reset(record, form), FAILED, [postable(name_of(record, PASSWORD_RESET))])


def _check_token(token: str, record: Record | None, collection: Collection) -> Problem | None:
    if record is None:
        return INVALID if token else REQUIRED
    return None if record.collection.id == collection.id else ELSEWHERE


def _check_password(password: str, collection: Collection) -> Problem | None:
    field = collection.field_by_name["password"]
    shortest = max(field.min if isinstance(field, PasswordField) else 0, 1)
    return check_text(password, LONGEST, shortest)


def _check_confirmation(password: str, confirm: str) -> Problem | None:
    if not confirm:
        return REQUIRED
    return None if confirm == password else MISMATCH


def _reset(record: Record, form: Mapping[str, str]) -> Record:
    """The record with its new password; verified, if the token went to the address that it has now."""
    is_proof = claim_of(form["token"], "email") == record.get("email")
    verified = bool(record.get("verified")) or is_proof
    return record.having(password=PlainPassword(form["password"]), verified=verified)
