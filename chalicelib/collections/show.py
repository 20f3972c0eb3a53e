"""Definitions as superusers see them: with how far building has come."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.collections.backfill import read_progress
from chalicelib.collections.outcome import name_of
from chalicelib.schema.collection import Collection


def show_collections(collections: Sequence[Collection]) -> list[dict[str, Any]]:
    """Their JSON. What is kept of the work is read only if something is being built."""
    done = read_progress() if any(each.building for each in collections) else {}
    return [_show(each, done) for each in collections]


def _show(collection: Collection, done: Mapping[str, int]) -> dict[str, Any]:
    shown = collection.to_json()
    if not collection.building:
        return shown
    count = done.get(name_of(collection), 0)
    own = shown["quoll"]
    return {**shown, "quoll": {**own, "building": [{**each, "done": count} for each in own["building"]]}}
