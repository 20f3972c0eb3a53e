"""Changing a record."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import ValidationFailed
from chalicelib.records.access import open_collection, require_allowed, require_found
from chalicelib.records.auth_values import with_auth_values
from chalicelib.records.decided import take_up, write_decided
from chalicelib.records.present import present
from chalicelib.records.refusals import refusals_as_answers, refuse_bad_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import plan_changed
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import taken_as_problems
from chalicelib.records.uploads import with_uploads
from chalicelib.records.validate import find_problems
from chalicelib.records.values import body_for_rules, read_values
from chalicelib.request import RequestInfo
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.transactions import Change

FAILED = "Failed to update record."


@refusals_as_answers()
def update_record(name: str, record_id: str, request: RequestInfo) -> dict[str, Any]:
    """Change a record by the request's body; answers it as the request may see it.

    Who loses to another write reads again and starts over: modifiers count on what is stored.
    """
    catalog = get_catalog_with(name)

    def update() -> dict[str, Any]:
        related = RelatedRecords(catalog)
        with taken_as_problems(FAILED):
            answer = decide_update(name, record_id, request, related)
            write_decided(related)
        return answer

    return start_over_on_conflict(update)


def decide_update(name: str, record_id: str, request: RequestInfo, related: RelatedRecords) -> dict[str, Any]:
    """Take up the change that the request is for; answers the record as the request may see it."""
    collection = open_collection(related.catalog, name, "update", request)
    submitted = with_uploads(collection, request)
    before = require_found(related.find(collection, record_id))
    values = read_values(collection, submitted, before, superuser=request.is_superuser)
    body = body_for_rules(collection, submitted, values, superuser=request.is_superuser)
    asked = replace(request, body=body)
    require_allowed(before, "update", asked, related)
    after = replace(before, values=with_auth_values(collection, values, request.body))
    stored, *_ = take_up(_changes(before, after, asked, related), related)
    return present([stored], asked, related)[0]


def _changes(
    before: Record, after: Record, request: RequestInfo, related: RelatedRecords
) -> Sequence[Change]:
    """What is to be stored, if validation lets it."""
    problems = find_problems(before, after, request, related)
    if problems:
        raise ValidationFailed(FAILED, problems_to_json(problems))
    refuse_bad_fields(request)
    return plan_changed(before, after, related)
