"""What of a collection is being built, and what could not be: as its JSON tells superusers."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.schema.fields import Field
from chalicelib.schema.indexes import Index
from chalicelib.schema.slots import Edges, Shards, Slot

# What stored records are brought under. A unique index has a slot for lists, too, built on its own.
Built: TypeAlias = Slot | Edges | Index


@dataclass(frozen=True)
class Refused:
    """A unique index that was taken out again: records were found that cannot both be in it."""

    index: str
    reason: str


def unfinished_among(built: Sequence[Built]) -> tuple[Built, ...]:
    """What records have to be brought under still, or once more."""
    return tuple(each for each in built if not each.is_settled)


def is_building(built: Built) -> bool:
    """Whether not even all records are under it."""
    return not (built.holds if isinstance(built, Index) else built.is_ready)


def names_of(building: Sequence[Built], fields: Mapping[str, Field]) -> list[str]:
    """What superusers know these by, each once; `fields` are by id."""
    return list(dict.fromkeys(each.name_in(fields) for each in building))


def show_own(names: Sequence[str], refused: Sequence[Refused], shards: Shards) -> dict[str, Any]:
    """What PocketBase's JSON of a collection does not have, under `quoll`; nothing when there is nothing."""
    own: dict[str, Any] = {"building": [{"name": name} for name in names]} if names else {}
    if refused:
        own["refused"] = [{"index": each.index, "reason": each.reason} for each in refused]
    if shards.now > 1:
        own["shards"] = shards.now
    return {"quoll": own} if own else {}
