"""Which way to read a collection for a filter and a sort. Decides only; storage does the reading."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from chalicelib.filters.bound import And, Column, Condition, Constant, Node, both
from chalicelib.filters.compare import TEXT
from chalicelib.filters.joins import ROOT
from chalicelib.filters.read import affinity_of
from chalicelib.filters.sort import Sort
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
    """How to read: what to fetch and what is left to test on each record.

    `sort` is what to put the found records in order by, unless `in_order` says that they come so.
    """

    access: Access
    rest: Node
    sort: Sort
    in_order: bool


def make_plan(node: Node, sort: Sort, collection: Collection) -> Plan:
    """The cheapest access that finds every record the tree can match."""
    node = both(node, sort.where)
    sort = replace(sort, where=node)
    for find in ACCESSES:
        access = find(node, collection)
        if access is not None:
            return Plan(access, node, sort, in_order=_finds_one(access))
    return Plan(InInsertionOrder(sort.is_backwards), node, sort, in_order=sort.is_insertion_order)


def _finds_one(access: Access) -> bool:
    return isinstance(access, ByUnique) or (isinstance(access, ById) and len(access.ids) <= 1)


def _find_by_id(node: Node, collection: Collection) -> ById | None:
    """``id = 'a'``, ``id = 'a' || id = 'b'``, either with more beside it; NEVER is no ids at all."""
    if isinstance(node, Condition):
        pinned = _pinned(node)
        return _these(pinned[1]) if pinned is not None and pinned[0] == "id" else None
    found = [_find_by_id(part, collection) for part in node.parts]
    known = [access for access in found if access is not None]
    if isinstance(node, And):
        return min(known, key=lambda access: len(access.ids), default=None)
    return _these(*(id_ for access in known for id_ in access.ids)) if len(known) == len(found) else None


def _these(*ids: str) -> ById:
    """No record has an empty id."""
    return ById(tuple(dict.fromkeys(id_ for id_ in ids if id_)))


def _find_by_unique(node: Node, collection: Collection) -> ByUnique | None:
    """Every column of a unique index equals a value, and the index holds every record with those values."""
    parts = node.parts if isinstance(node, And) else (node,)
    pairs = [_pinned(part) for part in parts if isinstance(part, Condition)]
    values = dict(pair for pair in pairs if pair is not None and pair[1] != "")
    for index in collection.indexes:
        if index.unique and values.keys() >= set(index.column_names) and _covers(index, values):
            return ByUnique(index, tuple(values[name] for name in index.column_names))
    return None


def _covers(index: Index, values: Mapping[str, Any]) -> bool:
    """Whether the index's WHERE is known to hold from these values alone."""
    if index.condition is None:
        return not index.where
    return values.keys() >= set(index.condition.columns()) and index.applies_to(values)


def _pinned(test: Condition) -> tuple[str, str] | None:
    """The text field of the record that must equal a text, and the text; null is no text."""
    for column, constant in ((test.left, test.right), (test.right, test.left)):
        if test.operator == "=" and isinstance(column, Column) and isinstance(constant, Constant):
            value = "" if constant.value is None else constant.value
            is_own = column.join == ROOT and affinity_of(column) == TEXT
            return (column.field.name, value) if is_own and isinstance(value, str) else None
    return None


ACCESSES: Sequence[Callable[[Node, Collection], Access | None]] = (_find_by_id, _find_by_unique)
