"""Changing a record."""

from dataclasses import replace
from typing import Any

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import ValidationFailed
from chalicelib.records.access import open_collection, require_allowed, require_found
from chalicelib.records.auth_values import with_auth_values
from chalicelib.records.present import present
from chalicelib.records.refusals import refusals_as_answers, refuse_bad_fields
from chalicelib.records.related import RelatedRecords
from chalicelib.records.save import save_changed
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import problems_of
from chalicelib.records.uploads import with_uploads
from chalicelib.records.validate import find_problems
from chalicelib.records.values import body_for_rules, read_values
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import problems_to_json
from chalicelib.schema.record import Record
from chalicelib.storage.failures import NotUnique
from chalicelib.storage.records import find_record

FAILED = "Failed to update record."


@refusals_as_answers()
def update_record(name: str, record_id: str, request: RequestInfo) -> dict[str, Any]:
    """Change a record by the request's body; answers it as the request may see it.

    Who loses to another write reads again and starts over: modifiers count on what is stored.
    """
    catalog = get_catalog_with(name)
    collection = open_collection(catalog, name, "update", request)
    asked = replace(request, body=with_uploads(collection, request))
    return start_over_on_conflict(lambda: _update(collection, record_id, asked, RelatedRecords(catalog)))


def _update(
    collection: Collection, record_id: str, request: RequestInfo, related: RelatedRecords
) -> dict[str, Any]:
    before = require_found(find_record(collection, record_id))
    values = read_values(collection, request.body, before, superuser=request.is_superuser)
    body = body_for_rules(collection, request.body, values, superuser=request.is_superuser)
    asked = replace(request, body=body)
    require_allowed(before, "update", asked, related)
    after = replace(before, values=with_auth_values(collection, values, request.body))
    return present([_save(before, after, asked, related)], asked, related)[0]


def _save(before: Record, after: Record, request: RequestInfo, related: RelatedRecords) -> Record:
    """Store the change if validation lets it; answers the record as stored."""
    problems = find_problems(before, after, request, related)
    if problems:
        raise ValidationFailed(FAILED, problems_to_json(problems))
    refuse_bad_fields(request)
    try:
        return save_changed(before, after)
    except NotUnique as taken:
        raise ValidationFailed(FAILED, problems_to_json(problems_of(taken))) from taken
