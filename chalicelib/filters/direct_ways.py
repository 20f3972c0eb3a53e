"""Ways to records that need no search: by id, by the values of a unique index, by one of a field's values."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.filters.access import Access, ByEdge, ById, ByUnique
from chalicelib.filters.bound import And, Column, Condition, Constant, Element, Node, Operand
from chalicelib.filters.compare import TEXT
from chalicelib.filters.facts import is_storable
from chalicelib.filters.joins import ROOT, Elements, Join, Related
from chalicelib.filters.read import affinity_of
from chalicelib.filters.sort import Sort
from chalicelib.frozen import dataclass
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.indexes import Index


@dataclass(frozen=True)
class Way:
    """An access, and what it gives: the order that is asked for, nothing but what is."""

    access: Access
    in_order: bool = False
    is_all: bool = False


def by_id(node: Node, _: Sort, collection: Collection) -> Way | None:
    access = _find_ids(node, collection)
    return None if access is None else Way(access, in_order=len(access.ids) <= 1)


def _find_ids(node: Node, collection: Collection) -> ById | None:
    """``id = 'a'``, ``id = 'a' || id = 'b'``, either with more beside it; NEVER is no ids at all."""
    if isinstance(node, Condition):
        pinned = _pinned(node)
        return _these(pinned[1]) if pinned is not None and pinned[0] == "id" else None
    found = [_find_ids(part, collection) for part in node.parts]
    known = [access for access in found if access is not None]
    if isinstance(node, And):
        return min(known, key=lambda access: len(access.ids), default=None)
    return _these(*(id_ for access in known for id_ in access.ids)) if len(known) == len(found) else None


def _these(*ids: str) -> ById:
    """No record has an empty id."""
    return ById(tuple(dict.fromkeys(id_ for id_ in ids if id_)))


def by_unique(node: Node, _: Sort, collection: Collection) -> Way | None:
    """Every column of a unique index equals a value, and the index holds every record with those values."""
    pairs = [_pinned(part) for part in parts_of(node) if isinstance(part, Condition)]
    values = dict(pair for pair in pairs if pair is not None and pair[1] != "")
    for index in collection.ready_indexes:
        if values.keys() >= set(index.column_names) and _covers(index, values):
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


def by_edge(node: Node, sort: Sort, collection: Collection) -> Way | None:
    """``tags:each ?= 'x'``, ``tags.id ?= 'x'``, and their forms without ``?``, which ask for more."""
    parts = parts_of(node)
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


def parts_of(node: Node) -> tuple[Node, ...]:
    """What a tree asks for together."""
    return node.parts if isinstance(node, And) else (node,)
