"""What a stage has that an import would destroy: the import without --replace leaves such a stage alone."""

from collections.abc import Iterator
from typing import Any

from chalicelib.collections.load import Snapshot
from chalicelib.pocketbase.note import Note
from chalicelib.schema.collection import Collection
from chalicelib.schema.system import default_collections
from chalicelib.settings.load import settings_of
from chalicelib.settings.model import DEFAULTS
from chalicelib.storage.records import read_some

# What everybody starts with, beside PocketBase's own collections.
STARTING = "users"
SUPERUSERS = "_superusers"
# Records that may be there: whoever has made the stage has made himself a superuser.
FEW = {STARTING: 0, SUPERUSERS: 1}
NO_MATTER = ("created", "updated")


def find_data(snapshot: Snapshot, note: Note) -> list[str]:
    """What would go: collections' names, and other things by a word. The note's own do not count."""
    found = list(_find_collections(snapshot, note))
    return [*found, "settings that were changed"] if settings_of(snapshot) != DEFAULTS else found


def _find_collections(snapshot: Snapshot, note: Note) -> Iterator[str]:
    spaces = {each.space for each in note.collections}
    replaced = {each.id for each in note.collections}
    first = {each.id: _shape(each) for each in default_collections()}
    for each in snapshot.catalog:
        if each.space in spaces or (each.system and each.id not in replaced):
            continue
        if each.id not in first:
            yield each.name
        elif _shape(each) != first[each.id]:
            yield f"{each.name}, which was changed"
        elif each.name in FEW and _has_more(each, FEW[each.name]):
            yield f"records of {each.name}"


def _shape(collection: Collection) -> dict[str, Any]:
    return {name: value for name, value in collection.to_json().items() if name not in NO_MATTER}


def _has_more(collection: Collection, few: int) -> bool:
    shards = range(collection.shards.most)
    return sum(len(read_some(collection, (shard, ""), few + 1)[0]) for shard in shards) > few
