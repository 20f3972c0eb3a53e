"""Which way to read a collection for a filter and a sort. Decides only; storage does the reading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from chalicelib.filters.bound import And, Column, Constant, Node, Or, Test, all_of, both
from chalicelib.filters.joins import ROOT
from chalicelib.filters.sort import ROWID, Sort
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index


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
class InInsertionOrder:
    """Read the whole collection, oldest first unless `backwards`."""

    backwards: bool = False


Access: TypeAlias = ById | ByUnique | InInsertionOrder


@dataclass(frozen=True)
class Plan:
    """How to read: what to fetch, what is left to test on each record, and whether the order is already right."""

    access: Access
    rest: Node
    in_order: bool


def make_plan(node: Node, sort: Sort, collection: Collection) -> Plan:
    """The cheapest access that finds every record the tree can match."""
    node = both(node, sort.where)
    for find in ACCESSES:
        access = find(node, collection)
        if access is not None:
            return Plan(access, node, in_order=_finds_one(access))
    backwards = len(sort.orders) == 1 and sort.orders[0].name == ROWID and sort.orders[0].is_descending
    in_order = not sort.orders or (len(sort.orders) == 1 and sort.orders[0].name == ROWID)
    return Plan(InInsertionOrder(backwards), node, in_order)


def _finds_one(access: Access) -> bool:
    return isinstance(access, ByUnique) or (isinstance(access, ById) and len(access.ids) <= 1)


def _find_by_id(node: Node, _: Collection) -> ById | None:
    """``id = 'a'``, ``id = 'a' || id = 'b'``, and more beside it; NEVER is no ids."""
    if isinstance(node, And):
        found = [access for part in node.parts if (access := _find_by_id(part, _)) is not None]
        return min(found, key=lambda access: len(access.ids), default=None)
    if isinstance(node, Or):
        alternatives = [_find_by_id(part, _) for part in node.parts]
        if None in alternatives:
            return None
        return ById(tuple(dict.fromkeys(id for access in alternatives if access for id in access.ids)))
    pinned = _pinned(node)
    return ById((pinned[1],)) if pinned and pinned[0] == "id" and isinstance(pinned[1], str) else None


def _find_by_unique(node: Node, collection: Collection) -> ByUnique | None:
    """Every column of a unique index equals a value, and the index holds every record with those values."""
    parts = node.parts if isinstance(node, And) else (node,)
    values = dict(pinned for part in parts if isinstance(part, Test) and (pinned := _pinned(part)))
    for index in collection.indexes:
        if index.unique and not index.where and values.keys() >= set(index.column_names):
            return ByUnique(index, tuple(values[name] for name in index.column_names))
    return None


def _pinned(test: Test) -> tuple[str, Any] | None:
    """The field of the record and the value that it must have: text for text, a number for a number."""
    for column, constant in ((test.left, test.right), (test.right, test.left)):
        if test.operator == "=" and isinstance(column, Column) and isinstance(constant, Constant):
            wanted = float if column.field.type == "number" else str
            is_exact = isinstance(constant.value, wanted) and constant.value and not column.field.is_multiple
            return (column.field.name, constant.value) if is_exact and column.join == ROOT else None
    return None


ACCESSES: Sequence[Callable[[Node, Collection], Access | None]] = (_find_by_id, _find_by_unique)
_ = all_of
