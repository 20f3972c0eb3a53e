"""POST auth-refresh: a token that is still good becomes a new one."""

from typing import Any

from chalicelib.auth.context import get_any_collection, require_own
from chalicelib.auth.response import answer_sign_in, require_auth_rule
from chalicelib.auth.tokens import bearer_of, parse_token
from chalicelib.collections.load import get_catalog_with
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo


@refusals_as_answers()
def refresh_sign_in(name_or_id: str, request: RequestInfo) -> dict[str, Any]:
    """The record and a new token; a token that may not be renewed is given back as it is."""
    related = RelatedRecords(get_catalog_with(name_or_id))
    collection = get_any_collection(name_or_id, related.catalog)
    record = require_own(collection, request)
    len(request.body)  # an unreadable body is refused here too
    require_auth_rule(record, request, related)
    text = bearer_of(request.headers.get("authorization", ""))
    token = parse_token(text)
    return answer_sign_in(record, request, related, "" if token is None or token.is_refreshable else text)
