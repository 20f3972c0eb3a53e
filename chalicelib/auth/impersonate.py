"""POST impersonate: a superuser is given a token of somebody else's, which cannot be renewed."""

from typing import Any

from chalicelib.auth.context import NO_AUTH_COLLECTION, auth_options
from chalicelib.auth.form import is_json, read_given, refused_as_unreadable
from chalicelib.auth.response import answer_sign_in
from chalicelib.auth.tokens import AUTH, new_token
from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import UNREADABLE, BadRequest, NotFound, ValidationFailed
from chalicelib.records.access import require_found
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.fields.limits import too_large, too_small
from chalicelib.schema.problems import problems_to_json
from chalicelib.storage.records import find_record

# More would not fit into 64 bits as nanoseconds.
LONGEST = (2**63 - 1) // 10**9
_LARGEST_NUMBER = 2**63 - 1


@refusals_as_answers()
def impersonate(name_or_id: str, record_id: str, request: RequestInfo) -> dict[str, Any]:
    """The record and a token of its. The request is a superuser's: no rule counts, and no second factor."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = related.catalog.find(name_or_id)
    if collection is None or not collection.is_auth:
        raise NotFound(NO_AUTH_COLLECTION)
    record = require_found(find_record(collection, record_id))
    seconds = read_duration(request) or auth_options(collection).auth_token.duration
    return answer_sign_in(record, request, related, new_token(record, AUTH, seconds, refreshable=False))


def read_duration(request: RequestInfo) -> int:
    """For how many seconds; 0 for as long as usual. Raises BadRequest, ValidationFailed."""
    seconds = _read_number(request)
    problem = too_small(0) if seconds < 0 else too_large(LONGEST) if seconds > LONGEST else None
    if problem:
        raise ValidationFailed(data=problems_to_json({"duration": problem}))
    return seconds


def _read_number(request: RequestInfo) -> int:
    with refused_as_unreadable():
        given = read_given(request, ("duration",))["duration"]
    if given is None or (given == "" and not is_json(request)):
        return 0
    if not isinstance(given, int) or isinstance(given, bool) or abs(given) > _LARGEST_NUMBER:
        raise BadRequest(UNREADABLE)
    return given
