"""POST auth-with-otp: a one-time password becomes a token, once.

What is wrong with a code must not be told, and a code of some digits can be guessed: so every attempt on a
record is counted, the right ones too, across all functions.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.auth.attach import is_current
from chalicelib.auth.context import auth_options, get_auth_collection
from chalicelib.auth.form import check_text, read_form
from chalicelib.auth.request_otp import name_of_nobody, require_otp
from chalicelib.auth.response import finish_sign_in
from chalicelib.auth.with_password import has_password
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, TooManyRequests, ValidationFailed
from chalicelib.ids import new_password
from chalicelib.records.access import MISSING, require_collection
from chalicelib.records.attached import OTPS, is_bound
from chalicelib.records.refusals import refusals_as_answers, refuse_bad_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import plan_changed
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.failures import Conflict
from chalicelib.storage.rates import count_attempt
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import Change, Delete, write_together

LONGEST: Mapping[str, int] = {"otpId": 255, "password": 71}
INVALID = "Invalid or expired OTP."
TOO_MANY = "Too many attempts, please try again later with a new OTP."
MOST_ATTEMPTS = 5
# A window that begins with the first attempt, not a sliding one: twice as many fit around its end.
ATTEMPTS_SECONDS = 180


@refusals_as_answers()
def sign_in_with_otp(name_or_id: str, request: RequestInfo) -> dict[str, Any]:
    """The record and its token. Raises BadRequest, TooManyRequests."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = get_auth_collection(name_or_id, related.catalog)
    require_otp(collection)
    form = read_form(request, tuple(LONGEST))
    check_form(form)
    otp = find_otp(form["otpId"], collection, related.catalog)
    refuse_too_many(otp, collection, form["otpId"])
    if not is_code_of(otp, form["password"], related.catalog) or otp is None:
        raise BadRequest(INVALID)
    refuse_bad_fields(request)
    record = start_over_on_conflict(lambda: spend_otp(otp, collection))
    return finish_sign_in(record, request.within("otp"), related)


def check_form(form: Mapping[str, str]) -> None:
    """Raise ValidationFailed unless the form can be tried."""
    found = {name: check_text(form[name], longest) for name, longest in LONGEST.items()}
    problems = {name: problem for name, problem in found.items() if problem}
    if problems:
        raise ValidationFailed(data=problems_to_json(problems))


def find_otp(otp_id: str, collection: Collection, catalog: Catalog) -> Record | None:
    """The one-time password, if it is this collection's and still good."""
    otp = find_record(require_collection(catalog, OTPS, MISSING), otp_id)
    if otp is None or otp.get("collectionRef") != collection.id:
        return None
    return otp if is_current(otp, auth_options(collection).otp.duration) else None


def refuse_too_many(otp: Record | None, collection: Collection, otp_id: str) -> None:
    """Raise TooManyRequests when the record has been tried too often, with whichever of its codes."""
    name = str(otp.get("recordRef")) if otp else name_of_nobody(otp_id)
    attempts = count_attempt(f"otp/{collection.id}/{name}", ATTEMPTS_SECONDS)
    if otp is not None and attempts > MOST_ATTEMPTS:
        raise TooManyRequests(TOO_MANY)


def is_code_of(otp: Record | None, code: str, catalog: Catalog) -> bool:
    """Whether this is the code. One hash of the same cost when there is no such one-time password."""
    return has_password(otp, code, require_collection(catalog, OTPS, MISSING))


def spend_otp(otp: Record, collection: Collection) -> Record:
    """Remove a one-time password whose code was right; the record it is for, verified if that proves it.

    Of several who have the code only one gets here. Raises Conflict when the record was changed meanwhile.
    """
    record = find_record(collection, str(otp.get("recordRef")))
    if record is None or not is_bound(otp, record):
        raise BadRequest(INVALID)
    try:
        written = write_together(plan_spending(otp, record))
    except Conflict as conflict:
        if find_record(otp.collection, otp.id) is None:
            raise BadRequest(INVALID) from conflict
        raise
    return written[0] if written else record


def plan_spending(otp: Record, record: Record) -> list[Change]:
    """What is written when a code was right."""
    is_proof = bool(otp.get("sentTo")) and otp.get("sentTo") == record.get("email")
    if not is_proof or record.get("verified"):
        return [Delete(otp)]
    others = [change for change in plan_changed(record, _proven(record)) if not _removes(change, otp)]
    return [*others, Delete(otp)]


def _proven(record: Record) -> Record:
    """The record as one whose address is known to be its owner's.

    Somebody else may have signed up with it before: his password and his tokens end here. As in PocketBase
    both stay where the collection asks for two factors, also when its rule does not ask this record.
    """
    if auth_options(record.collection).mfa.enabled:
        return record.having(verified=True)
    return record.having(verified=True, password=PlainPassword(new_password()))


def _removes(change: Change, otp: Record) -> bool:
    return (
        isinstance(change, Delete)
        and change.record.collection == otp.collection
        and change.record.id == otp.id
    )
