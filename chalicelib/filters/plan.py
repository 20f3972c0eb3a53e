"""Which way to read a collection for a filter and a sort. Decides only; storage does the reading.

The first that there is: nothing, by id, a unique index with all columns known, an edge, a slot with known
first columns, a union of such for the branches of an ``||``, a slot with a range or in the sort's order, a
union of ranges, insertion order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from chalicelib.filters.access import Access, ByEdge, ById, BySlot, ByUnique, InInsertionOrder, Place, Union
from chalicelib.filters.bound import (
    ALWAYS,
    And,
    Column,
    Condition,
    Constant,
    Element,
    Node,
    Operand,
    Or,
    both,
)
from chalicelib.filters.compare import TEXT
from chalicelib.filters.facts import facts_of, is_storable
from chalicelib.filters.joins import ROOT, Elements, Join, Related
from chalicelib.filters.read import affinity_of
from chalicelib.filters.slot_choice import Choice, choose_slot
from chalicelib.filters.sort import Sort
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.indexes import Index

# Of how many accesses a union is made at most.
MAX_PARTS = 16


@dataclass(frozen=True)
class Plan:
    """How to read: what to fetch and what is left to test on each record.

    `sort` is what to put the found records in order by, unless `in_order` says that they come so. `is_all`
    says that nearly everything that is read will match: so much has to be read as is wanted. `after` is the
    place in an ordered access to go on from.
    """

    access: Access
    rest: Node
    sort: Sort
    in_order: bool
    is_all: bool = False
    after: Place | None = None


@dataclass(frozen=True)
class Way:
    """An access, and what it gives."""

    access: Access
    in_order: bool = False
    is_all: bool = False


Find: TypeAlias = Callable[[Node, Sort, Collection], Way | None]


def make_plan(node: Node, sort: Sort, collection: Collection) -> Plan:
    """The cheapest access that finds every record the tree can match."""
    node = both(node, sort.where)
    sort = replace(sort, where=node)
    way = _first_way(WAYS, node, sort, collection)
    if way is None:
        way = Way(InInsertionOrder(sort.is_backwards), sort.is_insertion_order, node == ALWAYS)
    return Plan(way.access, node, sort, way.in_order, way.is_all)


def _first_way(ways: Sequence[Find], node: Node, sort: Sort, collection: Collection) -> Way | None:
    found = (find(node, sort, collection) for find in ways)
    return next((way for way in found if way is not None), None)


def _by_id(node: Node, _: Sort, collection: Collection) -> Way | None:
    access = _find_by_id(node, collection)
    return None if access is None else Way(access, in_order=len(access.ids) <= 1)


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


def _by_unique(node: Node, _: Sort, collection: Collection) -> Way | None:
    """Every column of a unique index equals a value, and the index holds every record with those values."""
    pairs = [_pinned(part) for part in _parts(node) if isinstance(part, Condition)]
    values = dict(pair for pair in pairs if pair is not None and pair[1] != "")
    for index in collection.indexes:
        if index.unique and values.keys() >= set(index.column_names) and _covers(index, values):
            found = ByUnique(index, tuple(values[name] for name in index.column_names))
            return Way(found, in_order=True, is_all=True)
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


def _by_edge(node: Node, sort: Sort, collection: Collection) -> Way | None:
    """``tags:each ?= 'x'``, ``tags.id ?= 'x'``, and their forms without ``?``, which ask for more."""
    parts = _parts(node)
    for part in parts:
        found = _find_edge(part, collection) if isinstance(part, Condition) else None
        if found is not None:
            access = replace(found, backwards=sort.is_backwards)
            return Way(access, in_order=sort.is_insertion_order, is_all=len(parts) == 1)
    return None


def _find_edge(test: Condition, collection: Collection) -> ByEdge | None:
    for operand, constant in ((test.left, test.right), (test.right, test.left)):
        field = _field_of_values(operand, collection)
        if test.operator == "=" and field is not None and isinstance(constant, Constant):
            value = constant.value
            is_text = isinstance(value, str) and value != "" and is_storable(value)
            return ByEdge(field, str(value)) if is_text else None
    return None


def _field_of_values(operand: Operand, collection: Collection) -> Field | None:
    """The field of the record that has an operand among its values.

    The id of a related record is such a value.
    """
    join: Join | None = None
    if isinstance(operand, Element):
        join = operand.join
    elif isinstance(operand, Column) and isinstance(operand.join, Related) and operand.field.name == "id":
        join = operand.join.parent if not operand.join.field else None
    if not isinstance(join, Elements) or join.parent != ROOT:
        return None
    return next((field for field in collection.ready_edges if field.name == join.field), None)


def _by_slot(node: Node, sort: Sort, collection: Collection, *, only_selective: bool) -> Way | None:
    choice = choose_slot(facts_of(node), sort, collection)
    if choice is None or (only_selective and not choice.is_selective):
        return None
    return _way_of(choice, sort)


def _way_of(choice: Choice, sort: Sort) -> Way:
    return Way(choice.access, choice.in_order, choice.is_all)


def _by_union(node: Node, _: Sort, collection: Collection, *, ways: Sequence[Find]) -> Way | None:
    """Of the branches of an ``||``, each of which has a way of its own; of several the smallest."""
    choices = [part for part in _parts(node) if isinstance(part, Or)]
    found = [_find_union(part, collection, ways) for part in choices]
    return min(
        (Way(union) for union in found if union is not None), key=lambda way: _size(way.access), default=None
    )


def _find_union(node: Or, collection: Collection, ways: Sequence[Find]) -> Union | None:
    parts: list[Access] = []
    for branch in node.parts:
        way = _first_way(ways, branch, Sort(), collection)
        if way is None or _is_endless(way.access):
            return None
        parts.extend(way.access.parts if isinstance(way.access, Union) else (way.access,))
    return Union(tuple(dict.fromkeys(parts))) if len(parts) <= MAX_PARTS else None


def _is_endless(access: Access) -> bool:
    """Whether it goes through a whole slot."""
    has_range = isinstance(access, BySlot) and (access.low or access.high or access.prefix)
    return isinstance(access, BySlot) and not access.equal and not has_range


def _size(access: Access) -> int:
    return len(access.parts) if isinstance(access, Union) else 1


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, And) else (node,)


_SELECTIVE: tuple[Find, ...] = (_by_id, _by_unique, _by_edge, partial(_by_slot, only_selective=True))
_ANY: tuple[Find, ...] = (*_SELECTIVE, partial(_by_slot, only_selective=False))
WAYS: tuple[Find, ...] = (
    *_SELECTIVE,
    partial(_by_union, ways=_SELECTIVE),
    partial(_by_slot, only_selective=False),
    partial(_by_union, ways=_ANY),
)
