"""Changing collections."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib import clock
from chalicelib.collections.check import check_saving
from chalicelib.collections.fill import fill_indexes
from chalicelib.collections.reading import read_changed, refuse_invalid
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.view import find_or_fail
from chalicelib.errors import BadRequest
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.completion import complete

# PocketBase looks for the former definition under the new id.
ID_CHANGED = (
    "Failed to update collection. Raw error: \n"
    "failed to retrieve old cached collection: sql: no rows in result set."
)


def update_collection(name_or_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Change what the body names, and show all. Raises NotFound, ValidationFailed, BadRequest."""
    change = save_change(lambda catalog: _decide(name_or_id, body, catalog))
    return change.put[0].to_json()


def _decide(name_or_id: str, body: Mapping[str, Any], catalog: Catalog) -> Change:
    old = find_or_fail(name_or_id, catalog)
    changed = read_changed(old, body)
    if changed.id != old.id:
        raise BadRequest(ID_CHANGED)
    new = replace(complete(changed, old), updated=clock.to_text(clock.now()))
    refuse_invalid("update", new, check_saving(new, old, Change((new,)).applied_to(catalog)))
    fill = fill_indexes(old, new)
    refuse_invalid("update", new, {"indexes": fill.problems} if fill.problems else {})
    return Change((new,), fills=(fill,))
