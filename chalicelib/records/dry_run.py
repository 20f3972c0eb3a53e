"""A view's query tried: the fields it would have, and the first of its records."""

from dataclasses import replace
from typing import Any

from chalicelib import ids
from chalicelib.collections.load import get_newest
from chalicelib.collections.view_definitions import with_derived
from chalicelib.errors import BadRequest
from chalicelib.records.present import present
from chalicelib.records.related import RelatedRecords
from chalicelib.records.sql import read_query
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.views.derive import SAMPLE

FAILED = "Invalid view query. Raw error: \n{}."
NAME = "temp_view_"
RANDOM_LENGTH = 5


def dry_run_view(request: RequestInfo) -> dict[str, Any]:
    """The fields of a view with the submitted query, and a sample. Raises BadRequest, ValidationFailed."""
    name = NAME + ids.random_text(RANDOM_LENGTH)
    given = Collection(
        type="view", name=name, id=ids.checksum_id("pbc_", name), view_query=read_query(request)
    )
    related = RelatedRecords(get_newest().catalog, tells_why=True)
    view = with_derived(given, related.catalog)
    if view.view_failure:
        raise BadRequest(FAILED.format(view.view_failure))
    found = list(related.everything(view))[:SAMPLE]
    # As guests would see it: what is hidden in the collections is hidden here.
    shown = present(found, replace(request, auth=None, query={}), related)
    return {"fields": [field.to_json() for field in view.fields], "sample": shown}
