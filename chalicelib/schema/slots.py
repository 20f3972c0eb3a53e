"""Slots: which of the table's generic indexes serve a collection, and fields whose values have edges.

Every declared index has a slot, and every single relation that is not the first column of one. A field that
holds several relations or options has edges instead: one item per value.

A slot's `tag` is in the keys of its entries and never given twice: whatever a former slot has left on items
is never met again, and goes as they are rewritten.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.frozen import dataclass
from chalicelib.schema.fields import Field
from chalicelib.schema.index_condition import Condition
from chalicelib.schema.indexes import Index, IndexColumn
from chalicelib.schema.problems import Problem
from chalicelib.schema.shapes import WrongShape, read_integer

# Ready for good; on the way; and in use already, but to be gone through once more: a writer who was slow may
# still have written a record with the former definition.
READY, BUILDING, CHECKING = "ready", "building", "checking"
# The table's first index is insertion order.
FIRST, LAST = 2, 16
MAX_SLOTS = LAST - FIRST + 1
TAG_LENGTH = 8
# An index of more columns is served by its first ones: what a key has room for.
MAX_COLUMNS = 16
EDGE_TYPES = frozenset({"relation", "select"})
MAX_SHARDS = 32
BAD_SHARDS = Problem("validation_invalid_shards", f"The shards must be between 1 and {MAX_SHARDS}.")


class Buildable:
    """What stored records are brought under; `state` tells how far that has come."""

    state: str

    @property
    def is_ready(self) -> bool:
        """Whether all records are under it, so that lists may be read through it."""
        return self.state != BUILDING

    @property
    def is_settled(self) -> bool:
        """Whether they are for good."""
        return self.state == READY


@dataclass(frozen=True)
class Slot(Buildable):
    """One of the table's indexes, as a collection uses it.

    It is of the declared index named `index`, or of the single relation with the id `field_id`.
    """

    number: int
    tag: str
    columns: tuple[IndexColumn, ...]
    index: str = ""
    field_id: str = ""
    condition: Condition | None = None
    state: str = READY

    def name_in(self, fields: Mapping[str, Field]) -> str:
        """What a superuser knows it by: the index's or the field's name; `fields` are by id."""
        return self.index or fields[self.field_id].name

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def applies_to(self, values: Mapping[str, Any]) -> bool:
        """Whether a record with these values is in it."""
        return self.condition is None or self.condition.ask(values) is True


@dataclass(frozen=True)
class Edges(Buildable):
    """The edges of one field; `tag` tells them from those that the field had at another time."""

    field_id: str
    tag: str = ""
    state: str = READY

    def name_in(self, fields: Mapping[str, Field]) -> str:
        """What a superuser knows them by: the field's name; `fields` are by id."""
        return fields[self.field_id].name


@dataclass(frozen=True)
class Shards:
    """Over how many keys a collection's records are spread, and over how many they ever were."""

    now: int = 1
    most: int = 1

    def changed_to(self, now: int) -> "Shards":
        """Records stay where they are until they are written again: what was used is still read."""
        return Shards(now, max(now, self.most))


def read_shards(raw: Any, current: int) -> int:
    """The number of shards that an object names. Raises WrongShape."""
    if raw is not None and not isinstance(raw, Mapping):
        raise WrongShape("an object is expected")
    return read_integer(raw["shards"]) if raw and "shards" in raw else current


def check_shards(shards: Shards) -> Problem | None:
    """Whether records can be spread over that many keys."""
    return None if 1 <= shards.now <= MAX_SHARDS else BAD_SHARDS


def slots_to_stored(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """What cannot be told from the index or the field that a slot is of."""
    return [
        {
            "number": each.number,
            "tag": each.tag,
            "state": each.state,
            "index": each.index,
            "field": each.field_id,
        }
        for each in slots
    ]


def slots_from_stored(
    stored: Sequence[Mapping[str, Any]], indexes: Sequence[Index], fields: Sequence[Field]
) -> tuple[Slot, ...]:
    """The slots again, with the columns of the indexes and fields that they are of."""
    served = {index.name: (index.columns[:MAX_COLUMNS], index.condition) for index in indexes}
    related = {field.id: ((IndexColumn(field.name),), None) for field in fields}
    return tuple(_slots_among(stored, served, related))


def _slots_among(
    stored: Sequence[Mapping[str, Any]],
    served: Mapping[str, tuple[tuple[IndexColumn, ...], Condition | None]],
    related: Mapping[str, tuple[tuple[IndexColumn, ...], None]],
) -> Iterator[Slot]:
    for each in stored:
        columns, condition = served[each["index"]] if each["index"] else related[each["field"]]
        yield Slot(
            each["number"], each["tag"], columns, each["index"], each["field"], condition, each["state"]
        )
