"""Ways to read a collection, as data: a plan names one, storage carries it out."""

from typing import Any, TypeAlias

from chalicelib.filters.sql_text import SqlValue
from chalicelib.frozen import dataclass
from chalicelib.schema.fields import Field
from chalicelib.schema.indexes import Index
from chalicelib.schema.slots import Slot


@dataclass(frozen=True)
class ById:
    """Read the records with these ids, each once."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class ByUnique:
    """Read the one record that a unique index has under these values, one per column of the index."""

    index: Index
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Bound:
    """An end of a range."""

    value: SqlValue
    inclusive: bool


@dataclass(frozen=True)
class BySlot:
    """Read a stretch of a slot: the first columns equal `equal`, the next one lies in a range.

    The range is from `low` to `high`, or all texts that begin with `prefix`. In the slot's order:
    the columns' values, then rowid; all of it the other way round when `backwards`.
    """

    slot: Slot
    equal: tuple[SqlValue, ...] = ()
    low: Bound | None = None
    high: Bound | None = None
    prefix: str | None = None
    backwards: bool = False


@dataclass(frozen=True)
class ByEdge:
    """Read the records whose multi-valued field has this value among its own, in insertion order."""

    field: Field
    value: str
    backwards: bool = False


@dataclass(frozen=True)
class Union:
    """Read what several accesses find, each record once, in no order."""

    parts: tuple["Access", ...]


@dataclass(frozen=True)
class InInsertionOrder:
    """Read the whole collection, oldest first unless `backwards`."""

    backwards: bool = False


@dataclass(frozen=True)
class Place:
    """Where to go on in an ordered access: after the entry with this sort key, which is of this record.

    It need not exist any more.
    """

    sort: str
    record_id: str


Access: TypeAlias = ById | ByUnique | BySlot | ByEdge | Union | InInsertionOrder
