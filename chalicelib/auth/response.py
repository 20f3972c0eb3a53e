"""The answer to every successful sign-in: the record and a token."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.auth.context import auth_options
from chalicelib.auth.login_alert import note_origin
from chalicelib.auth.mfa import require_second_factor
from chalicelib.auth.superuser_ips import refuse_elsewhere
from chalicelib.auth.tokens import new_auth_token
from chalicelib.errors import Forbidden
from chalicelib.records.access import satisfies
from chalicelib.records.present import present
from chalicelib.records.refusals import refuse_bad_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record

UNMET = "The request doesn't satisfy the collection requirements to authenticate."


def answer_sign_in(
    record: Record, request: RequestInfo, related: RelatedRecords, token: str = ""
) -> dict[str, Any]:
    """``{"record", "token"}``, as the record sees itself, e-mail included. The token is new unless given."""
    (shown,) = present([record], replace(request, auth=record), related)
    return {"record": shown, "token": token or new_auth_token(record)}


def finish_sign_in(
    record: Record, request: RequestInfo, related: RelatedRecords, meta: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The end of every sign-in; `request.context` is the method. Raises Forbidden, SecondFactorNeeded."""
    refuse_elsewhere(record, request.ip)
    require_auth_rule(record, request, related)
    require_second_factor(record, request, related)
    refuse_bad_fields(request)
    note_origin(record, request, related.catalog)
    answered = answer_sign_in(record, request, related)
    return answered if meta is None else {**answered, "meta": meta}


def require_auth_rule(record: Record, request: RequestInfo, related: RelatedRecords) -> None:
    """Raise Forbidden unless the record satisfies its collection's authRule; for superusers every rule is."""
    rule = auth_options(record.collection).auth_rule
    is_met = request.is_superuser or (rule is not None and satisfies(record, rule, request, related))
    if not is_met:
        raise Forbidden(UNMET)
