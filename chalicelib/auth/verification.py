"""POST request-verification, confirm-verification: whoever has the mail has the address.

Whether an address is somebody's is not told: not by the answer, and not by the calls it takes.
"""

from chalicelib.auth.context import auth_options, get_auth_collection
from chalicelib.auth.form import read_form
from chalicelib.auth.identify import find_bearer
from chalicelib.auth.mailed_tokens import ELSEWHERE, INVALID, save_checked
from chalicelib.auth.request_mail import find_by_email, name_of, read_email, write_mail
from chalicelib.auth.tokens import VERIFICATION
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.ids import new_password
from chalicelib.mail.outbox import post_once, postable
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import SUPERUSERS
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.problems import REQUIRED, Problem, problems_to_json
from chalicelib.schema.record import Record
from chalicelib.security.jwt import unsafe_read_claims

ALWAYS_VERIFIED = "All superusers are verified by default."
FAILED = "An error occurred while saving the verified state."
NO_EMAIL = Problem("validation_invalid_token_claims", "Missing email token claim.")


@refusals_as_answers()
def request_verification(name_or_id: str, request: RequestInfo) -> None:
    """Send an unverified record its token, at most every two minutes."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = _open(name_or_id, related.catalog)
    email = read_email(request, "email")
    record, is_known = find_by_email(email, collection, related)
    message = write_mail(record, VERIFICATION)
    is_meant = is_known and not record.get("verified")
    post_once(name_of(record, VERIFICATION), message, is_meant)


@refusals_as_answers()
def confirm_verification(name_or_id: str, request: RequestInfo) -> None:
    """Verify the record that a token is of. Raises ValidationFailed."""
    collection = _open(name_or_id, get_catalog_with(name_or_id))
    token = read_form(request, ("token",))["token"]
    start_over_on_conflict(lambda: _confirm(token, collection))


def _open(name_or_id: str, catalog: Catalog) -> Collection:
    collection = get_auth_collection(name_or_id, catalog)
    if collection.name == SUPERUSERS:
        raise BadRequest(ALWAYS_VERIFIED)
    return collection


def _confirm(token: str, collection: Collection) -> None:
    record = find_bearer(token, VERIFICATION)
    problem = _check(token, record, collection)
    if record is None or problem:
        raise ValidationFailed(data=problems_to_json({"token": problem or INVALID}))
    if not record.get("verified"):
        save_checked(record, _verified(record), FAILED, [postable(name_of(record, VERIFICATION))])


def _check(token: str, record: Record | None, collection: Collection) -> Problem | None:
    email = unsafe_read_claims(token).get("email")
    if email in (None, "") or isinstance(email, list | dict):
        return NO_EMAIL if token else REQUIRED
    if record is None or record.get("email") != email:
        return INVALID
    return None if record.collection.id == collection.id else ELSEWHERE


def _verified(record: Record) -> Record:
    """The record, verified. A password that nobody may sign in with now is made one that nobody knows."""
    if auth_options(record.collection).password_auth.enabled:
        return record.having(verified=True)
    return record.having(verified=True, password=PlainPassword(new_password()))
