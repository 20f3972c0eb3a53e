"""The rows that a bound tree ranges over, beside the record that is tested.

A join is a variable: for one row of its parent it takes each of its rows in turn, or None when there
are none (an SQL LEFT JOIN). Equal joins are the same variable, so that two comparisons over the same
path speak of the same related record.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.schema.record import Record


@dataclass(frozen=True, slots=True)
class Root:
    """The record that is tested. One that is about to be created is in no table: its columns have no type."""

    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Elements:
    """The elements of a multi-valued field; a plain value counts as its one element."""

    parent: "Join"
    field: str
    is_many: bool
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """The record whose id a field of the parent holds; "" when the parent is itself an id."""

    parent: "Join"
    field: str
    collection: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Referring:
    """The records of a collection whose relation field holds the parent's id."""

    parent: "Join"
    collection: str
    field: str
    is_many: bool
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Every:
    """All records of a collection: ``@collection.name`` or ``@collection.name:alias``.

    A list rule on the way along a path has its own: `asked_of` is the row that it is asked of.
    """

    collection: str
    alias: str = ""
    asked_of: "Join | None" = None


@dataclass(frozen=True, slots=True)
class Listed:
    """The records with given ids: a relation that was submitted in the body."""

    collection: str
    ids: tuple[str, ...]
    is_many: bool


@dataclass(frozen=True, slots=True)
class Given:
    """Values that are known: the elements of a submitted list."""

    values: tuple[Any, ...]
    is_many: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """The record that makes the request, of which there is one; `asked_of` as for Every."""

    record: Record = dataclasses.field(compare=False)
    asked_of: "Join | None" = None


Join: TypeAlias = Root | Elements | Related | Referring | Every | Listed | Given | Caller
Row: TypeAlias = Any  # a Record, an element's value, or None
Rows: TypeAlias = Sequence[Row]
ROOT = Root()
NEW_ROOT = Root(is_new=True)


def chain_of(join: Join) -> tuple[Join, ...]:
    """A join and those it stands on, the first one first; the record that is tested is left out."""
    chain: list[Join] = []
    step: Join | None = join
    while step is not None and not isinstance(step, Root):
        chain.append(step)
        step = getattr(step, "parent", None)
    return tuple(reversed(chain))


def is_many(join: Join) -> bool:
    """Whether the join can have more than one row for one row of its parent."""
    return isinstance(join, Every) or bool(getattr(join, "is_many", False))
