"""How building ends: all of it is ready, or a unique index is taken out again."""

import hashlib

from chalicelib.collections.duplicates import failure_of
from chalicelib.collections.save import Change, save_change
from chalicelib.observability.logger import logger
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.changes import with_all_in_use, with_all_ready, without_index
from chalicelib.schema.collection import Collection
from chalicelib.storage.failures import NotUnique


def name_of(collection: Collection) -> str:
    """The same as long as the same is unfinished: what is built anew starts anew."""
    tags = "".join(sorted(each.tag for each in collection.unfinished))
    return f"{collection.space}-{hashlib.sha256(tags.encode()).hexdigest()[:16]}"


def find_now(collection: Collection, catalog: Catalog) -> Collection | None:
    """The same collection as a catalog has it."""
    return next((each for each in catalog if each.space == collection.space), None)


def mark_ready(built: Collection) -> None:
    """All records of the collection are under all that was built, unless something else is by now."""
    save_change(lambda catalog: _ready(built, catalog))


def put_to_use(built: Collection) -> None:
    """Let lists be read through what was built, which the next runner goes through once more."""
    save_change(lambda catalog: _in_use(built, catalog))


def take_out(taken: NotUnique, *, telling: bool) -> None:
    """Remove a unique index that cannot be: its values are equal. `telling`: the definition then says so."""
    reason = failure_of(taken.index)
    logger.warning(
        "a unique index was taken out again",
        extra={"collection": taken.collection.name, "index": taken.index.name, "reason": reason},
    )
    save_change(lambda catalog: _without(taken, reason if telling else "", catalog))


def _in_use(built: Collection, catalog: Catalog) -> Change:
    found = find_now(built, catalog)
    is_same = found is not None and name_of(found) == name_of(built)
    return Change((with_all_in_use(found),)) if found and is_same and found.building else Change()


def _ready(built: Collection, catalog: Catalog) -> Change:
    found = find_now(built, catalog)
    is_same = found is not None and name_of(found) == name_of(built)
    return Change((with_all_ready(found),)) if found and is_same and found.unfinished else Change()


def _without(taken: NotUnique, reason: str, catalog: Catalog) -> Change:
    """Only while it is being built: once it is ready it holds, and whoever said otherwise was late."""
    found = find_now(taken.collection, catalog)
    slots = [index.slot for index in found.unique_indexes if not index.is_ready] if found else []
    is_there = taken.index.slot in slots
    return Change((without_index(found, taken.index.slot, reason),)) if found and is_there else Change()
