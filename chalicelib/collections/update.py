"""Changing collections."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn

from chalicelib import clock
from chalicelib.collections.build import IndexRefused, build_at_once
from chalicelib.collections.check import check_saving
from chalicelib.collections.duplicates import find_refusals
from chalicelib.collections.reading import read_changed, refuse_invalid, refuse_name
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.show import show_collections
from chalicelib.collections.view import find_or_fail
from chalicelib.collections.view_definitions import views_after, with_derived
from chalicelib.errors import NotFound, ValidationFailed
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.completion import complete
from chalicelib.schema.problems import Problem, problems_to_json

FAILED = "Failed to update collection."
ID_STAYS = Problem("validation_values_mismatch", "Values don't match.")


def update_collection(name_or_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Change what the body names, and show all. Raises NotFound, ValidationFailed, BadRequest."""
    change = save_change(lambda catalog: _decide(name_or_id, body, catalog))
    try:
        return show_collections(build_at_once(change))[0]
    except IndexRefused as refused:
        raise ValidationFailed(FAILED, problems_to_json({"indexes": refused.problems})) from refused


def _decide(name_or_id: str, body: Mapping[str, Any], catalog: Catalog) -> Change:
    old = find_or_fail(name_or_id, catalog)
    changed = read_changed(old, body)
    if changed.id != old.id:
        _refuse_id(changed.id, catalog)
    new = replace(complete(changed, old), updated=clock.to_text(clock.now()))
    new = with_derived(new, catalog, old)
    after = Change((new,)).applied_to(catalog)
    refuse_invalid("update", check_saving(new, old, after))
    refuse_name("update", new, old, after)
    refusals = find_refusals(new, old)
    refuse_invalid("update", {"indexes": refusals} if refusals else {})
    return Change((new, *views_after(new, old, after)))


def _refuse_id(wanted: str, catalog: Catalog) -> NoReturn:
    """PocketBase looks for the former definition under the new id, and may find another collection's."""
    if catalog.find(wanted) is None:
        raise NotFound()
    raise ValidationFailed(FAILED, problems_to_json({"id": ID_STAYS}))
