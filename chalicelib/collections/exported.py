"""Definitions as they are kept in a file: what differs from stage to stage is left out, secrets among it."""

from collections.abc import Iterable
from typing import Any

from chalicelib.schema.collection import Collection

# When it was made and changed is a stage's own.
OF_A_STAGE = ("created", "updated")


def export_collections(collections: Iterable[Collection]) -> list[dict[str, Any]]:
    """All definitions, by name, each in PocketBase's order of keys."""
    return [export_collection(each) for each in sorted(collections, key=lambda each: each.name)]


def export_collection(collection: Collection) -> dict[str, Any]:
    """One definition, without its secrets and without what is being built for it now."""
    shown = {name: value for name, value in collection.to_json().items() if name not in OF_A_STAGE}
    own = {name: value for name, value in shown.pop("quoll", {}).items() if name != "building"}
    return {**shown, **({"quoll": own} if own else {})}
