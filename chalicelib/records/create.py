"""Creating a record."""

from dataclasses import replace
from typing import Any

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.ids import new_record_id
from chalicelib.records.access import open_collection, rule_of, satisfies
from chalicelib.records.attached import with_owner
from chalicelib.records.auth_values import with_auth_values
from chalicelib.records.decided import take_up, write_decided
from chalicelib.records.present import present
from chalicelib.records.refusals import refusals_as_answers, refuse_bad_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import filled_in, hashed
from chalicelib.records.unique import taken_as_problems
from chalicelib.records.uploads import with_uploads
from chalicelib.records.validate import find_problems
from chalicelib.records.values import body_for_rules, read_values
from chalicelib.request import RequestInfo
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.transactions import Create

FAILED = "Failed to create record."


@refusals_as_answers()
def create_record(name: str, request: RequestInfo) -> dict[str, Any]:
    """Create the record that the request's body describes; answers it as the request may see it."""
    related = RelatedRecords(get_catalog_with(name))
    with taken_as_problems(FAILED):
        answer = decide_create(name, request, related)
        write_decided(related)
    return answer


def decide_create(name: str, request: RequestInfo, related: RelatedRecords) -> dict[str, Any]:
    """Take up the creation that the request is for; answers the record as the request may see it."""
    collection = open_collection(related.catalog, name, "create", request)
    submitted = with_uploads(collection, request)
    values = read_values(collection, submitted, None, superuser=request.is_superuser)
    body = body_for_rules(collection, submitted, values, superuser=request.is_superuser)
    values = with_auth_values(collection, values, request.body)
    asked = replace(request, body=body)
    record = new_record(Record(collection, values), asked, related)
    return present(take_up([Create(record)], related), asked, related)[0]


def new_record(draft: Record, request: RequestInfo, related: RelatedRecords) -> Record:
    """The record that submitted values become, ready to be stored, if rule and validation let it."""
    if not satisfies(_as_asked(draft), rule_of(draft.collection, "create"), request, related):
        raise BadRequest(FAILED)
    record = filled_in(draft)
    problems = find_problems(draft, record, request, related)
    if problems:
        raise ValidationFailed(FAILED, problems_to_json(problems))
    refuse_bad_fields(request)
    if not draft.id:
        related.note_absent(record)
    return hashed(with_owner(record, related))


def _as_asked(draft: Record) -> Record:
    """What the create rule is asked about: submitted values only, some id, and no password in the clear."""
    secret = {name: "*" for name, value in draft.values.items() if isinstance(value, PlainPassword)}
    return replace(draft, values={**draft.values, **secret, "id": draft.id or new_record_id()})
