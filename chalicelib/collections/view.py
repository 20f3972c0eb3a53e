"""Showing collections to superusers."""

from typing import Any

from chalicelib.collections.load import get_newest
from chalicelib.collections.show import show_collections
from chalicelib.errors import NotFound
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection


def view_collection(name_or_id: str) -> dict[str, Any]:
    """One definition. Raises NotFound."""
    return show_collections([find_or_fail(name_or_id, get_newest().catalog)])[0]


def find_or_fail(name_or_id: str, catalog: Catalog) -> Collection:
    """One collection, for routes that are about collections. Raises NotFound."""
    found = catalog.find(name_or_id)
    if found is None:
        raise NotFound()
    return found
