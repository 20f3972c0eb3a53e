"""The second factor: whoever needs one has to sign in by two different methods.

The first gives an id instead of a token (`SecondFactorNeeded`); the second brings it along. The id is good
for one record, for some minutes, once.
"""

from dataclasses import replace

from chalicelib.auth.attach import belongs_to, is_current, new_attachment
from chalicelib.auth.context import auth_options
from chalicelib.auth.form import read_form
from chalicelib.errors import BadRequest, SecondFactorNeeded
from chalicelib.filters import FilterError, matches
from chalicelib.records.access import MISSING, bind_rule, require_collection, scope_for
from chalicelib.records.attached import MFAS, find_attached, is_bound
from chalicelib.records.refusals import refuse_bad_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.record import Record
from chalicelib.storage.failures import Conflict
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import Create, Delete, write_together

UNREADABLE = "Failed to read MFA Id."
INVALID = "Invalid or expired MFA session."
NOT_YOURS = "Invalid MFA session."
SAME_METHOD = "A different authentication method is required."
CANNOT_ASK = "Failed to authenticate."
LONGEST_ID = 255
# Half-finished sign-ins that a record may have: whoever has one factor must not be able to pile them up until
# a change of the password, which removes them all, is more than one transaction can hold.
MOST_WAITING = 20


def require_second_factor(record: Record, request: RequestInfo, related: RelatedRecords) -> None:
    """Pass whoever needs no second factor, or has signed in by another before. Raises SecondFactorNeeded."""
    if not needs_second_factor(record, request, related):
        return
    mfa_id = read_mfa_id(request)
    if not mfa_id:
        raise SecondFactorNeeded(
            start_over_on_conflict(lambda: begin_sign_in(record, request.context, related.catalog))
        )
    mfa = get_mfa(mfa_id, record, related.catalog)
    if mfa.get("method") == request.context:
        raise BadRequest(SAME_METHOD)
    refuse_bad_fields(request)
    if not _remove(mfa):
        raise BadRequest(INVALID)


def needs_second_factor(record: Record, request: RequestInfo, related: RelatedRecords) -> bool:
    """Whether the collection's rule asks for it. A superuser meets every rule, but that is left out here.

    Raises BadRequest for a rule that has become invalid: to be met by nobody would let everybody in.
    """
    mfa = auth_options(record.collection).mfa
    asked = replace(request, auth=None) if request.is_superuser else request
    return mfa.enabled and (not mfa.rule or _is_met(mfa.rule, record, asked, related))


def _is_met(rule: str, record: Record, request: RequestInfo, related: RelatedRecords) -> bool:
    try:
        bound = bind_rule(rule, scope_for(record, request, related))
    except FilterError as error:
        raise BadRequest(CANNOT_ASK) from error
    return matches(bound, record, related)


def read_mfa_id(request: RequestInfo) -> str:
    """The id that the first factor gave: in the query or else in the body; "" when this is the first."""
    if request.query.get("mfaId"):
        return request.query["mfaId"]
    try:
        return read_form(request, ("mfaId",))["mfaId"]
    except BadRequest as error:
        raise BadRequest(UNREADABLE) from error


def begin_sign_in(record: Record, method: str, catalog: Catalog) -> str:
    """Keep that a record has signed in by one method; the id to bring along. Raises Conflict."""
    waiting = find_attached(record, (MFAS,), RelatedRecords(catalog))
    begun = new_attachment(record, MFAS, catalog, method=method)
    oldest = waiting[: max(0, len(waiting) + 1 - MOST_WAITING)]
    write_together([Create(begun), *(Delete(each) for each in oldest[:MOST_WAITING])])
    return begun.id


def get_mfa(mfa_id: str, record: Record, catalog: Catalog) -> Record:
    """The half-finished sign-in of this record. Raises BadRequest; an expired one goes."""
    collection = require_collection(catalog, MFAS, MISSING)
    found = find_record(collection, mfa_id) if len(mfa_id) <= LONGEST_ID else None
    if found is None:
        raise BadRequest(INVALID)
    if not belongs_to(found, record):
        raise BadRequest(NOT_YOURS)
    if not is_bound(found, record) or not is_current(found, auth_options(record.collection).mfa.duration):
        _remove(found)
        raise BadRequest(INVALID)
    return found


def _remove(mfa: Record) -> bool:
    """Whether it was us who removed it."""
    try:
        write_together([Delete(mfa)])
    except Conflict:
        return False
    return True
