"""Making collections."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib import clock
from chalicelib.collections.check import check_saving
from chalicelib.collections.reading import read_new, refuse_invalid
from chalicelib.collections.save import Change, save_change
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.system import default_collections


def create_collection(body: Mapping[str, Any]) -> dict[str, Any]:
    """Make a collection as a superuser defines it, and show it. Raises ValidationFailed, BadRequest."""
    change = save_change(lambda catalog: Change((_decide(body, catalog),)))
    return change.put[0].to_json()


def ensure_defaults() -> None:
    """Store the system collections, and `users` where there is nothing yet. Does nothing the second time."""
    save_change(_missing_defaults)


def _decide(body: Mapping[str, Any], catalog: Catalog) -> Collection:
    now = clock.to_text(clock.now())
    new = complete(read_new(body), taken={each.id for each in catalog})
    new = replace(new, created=now, updated=now)
    refuse_invalid("create", new, check_saving(new, None, Catalog([*catalog, new])))
    return new


def _missing_defaults(catalog: Catalog) -> Change:
    now = clock.to_text(clock.now())
    wanted = (each for each in default_collections() if each.system or not len(catalog))
    missing = (each for each in wanted if not catalog.find(each.id))
    return Change(tuple(replace(each, created=now, updated=now) for each in missing))
