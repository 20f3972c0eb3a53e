"""Changing collections."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib import clock
from chalicelib.collections.check import check_saving
from chalicelib.collections.reading import refuse_invalid, read_changed
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.view import find_or_fail
from chalicelib.errors import NotFound
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete


def update_collection(name_or_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Change what the body names of a collection, and show it. Raises NotFound, ValidationFailed, BadRequest."""
    change = save_change(lambda catalog: Change((_decide(name_or_id, body, catalog),)))
    return change.put[0].to_json()


def _decide(name_or_id: str, body: Mapping[str, Any], catalog: Catalog) -> Collection:
    old = find_or_fail(name_or_id, catalog)
    new = complete(read_changed(old, body), old)
    if new.id != old.id:
        raise NotFound()  # as PocketBase, which looks for the collection of the new id
    new = replace(new, updated=clock.to_text(clock.now()))
    refuse_invalid("update", new, check_saving(new, old, Change((new,)).applied_to(catalog)))
    return new
