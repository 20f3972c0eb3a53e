"""Uploads past the function: who may have an invitation, and uploaded files as values of a record."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.collections.load import get_catalog_with
from chalicelib.errors import Forbidden, ValidationFailed
from chalicelib.files.named import file_fields
from chalicelib.files.uploads import Wanted, find_upload, invite_upload, is_upload
from chalicelib.filters import NEVER, FilterError
from chalicelib.records.access import (
    MISSING_FOR_BODY,
    ONLY_SUPERUSERS,
    bind_rule,
    require_collection,
    rule_of,
    scope_of,
)
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.file import FileField
from chalicelib.schema.problems import REQUIRED, Problem, problems_to_json, without_none

LONGEST_NAME = 255
NO_FILE_FIELD = Problem("validation_unknown_field", "Must be the name of a file field.")
NO_TEXT = Problem("validation_invalid_text", f"Must be a text of at most {LONGEST_NAME} characters.")
FAILED = "Failed to prepare the upload."
# What a rule may ask of the request that the record is written with, which is not this one.
_OF_THE_WRITE = re.compile(r"@request\.(?!auth\b)")


def prepare_upload(name: str, request: RequestInfo) -> dict[str, Any]:
    """An invitation to upload one file for a field of a collection. Raises NotFound, Forbidden and others."""
    related = RelatedRecords(get_catalog_with(name))
    collection = require_collection(related.catalog, name, MISSING_FOR_BODY)
    body = dict(request.body)
    if not any(_may_write(collection, action, request, related) for action in ("create", "update")):
        raise Forbidden(ONLY_SUPERUSERS)
    fields = {field.name: field for field in _open_fields(collection, request)}
    problems = without_none(
        {
            "field": _check_field(body.get("field"), fields),
            "name": _check_text(body.get("name")) or (None if body.get("name") else REQUIRED),
            "type": _check_type(body.get("type"), fields.get(str(body.get("field")))),
        }
    )
    if problems:
        raise ValidationFailed(FAILED, problems_to_json(problems))
    return invite_upload(Wanted(collection, fields[body["field"]], body["name"], body.get("type") or ""))


def with_uploads(collection: Collection, request: RequestInfo) -> dict[str, Any]:
    """The body of a request with the files that were uploaded before it in place of what stands for them."""
    body = dict(request.body)
    for field in _open_fields(collection, request):
        for key in (field.name, *field.modifier_keys()):
            if key in body:
                body[key] = _taken(body[key], collection, field)
    return body


def _taken(raw: Any, collection: Collection, field: FileField) -> Any:
    """A text that stands for no file stays, and is refused as a name that the record does not have."""
    items = raw if isinstance(raw, list) else [raw]
    texts = {item for item in items if is_upload(item)}
    if not texts or len(texts) > max(field.max_select, 1):  # so many are refused, whatever they are
        return raw
    found = {text: find_upload(text, collection, field) for text in texts}
    taken = [(found.get(item) or item) if is_upload(item) else item for item in items]
    return taken if isinstance(raw, list) else taken[0]


def _open_fields(collection: Collection, request: RequestInfo) -> Iterator[FileField]:
    return (field for field in file_fields(collection) if request.is_superuser or not field.hidden)


def _may_write(collection: Collection, action: str, request: RequestInfo, related: RelatedRecords) -> bool:
    """Whether the rule may ever let this caller write. What it asks of that write is not known yet."""
    rule = rule_of(collection, action)
    if request.is_superuser or rule is None or _OF_THE_WRITE.search(rule):
        return request.is_superuser or rule is not None
    try:
        return bind_rule(rule, scope_of(collection, request, related)) is not NEVER
    except FilterError:
        return False


def _check_field(given: Any, fields: Mapping[str, FileField]) -> Problem | None:
    if not given:
        return REQUIRED
    return None if isinstance(given, str) and given in fields else NO_FILE_FIELD


def _check_text(given: Any) -> Problem | None:
    is_text = given is None or (isinstance(given, str) and len(given) <= LONGEST_NAME)
    return None if is_text else NO_TEXT


def _check_type(given: Any, field: FileField | None) -> Problem | None:
    if problem := _check_text(given):
        return problem
    if field is None or not field.mime_types or field.takes(given or ""):
        return None
    return Problem("validation_invalid_mime_type", f"Must be one of: {', '.join(field.mime_types)}.")
