"""The ways to find what a tree can match, the first of them the best.

Nothing, by id, a unique index with all columns known, an edge, a slot with known first columns, a union of
such for the branches of an ``||``, a slot with a range or in the sort's order, a union of ranges.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from chalicelib.filters.access import Access, BySlot, Union
from chalicelib.filters.bound import Node, Or
from chalicelib.filters.direct_ways import Way, by_edge, by_id, by_unique, parts_of
from chalicelib.filters.facts import facts_of
from chalicelib.filters.slot_choice import Choice, choose_slot
from chalicelib.filters.sort import Sort
from chalicelib.schema.collection import Collection

# Of how many accesses a union is made at most.
MAX_PARTS = 16

Find: TypeAlias = Callable[[Node, Sort, Collection], Way | None]


def first_way(ways: Sequence[Find], node: Node, sort: Sort, collection: Collection) -> Way | None:
    """The first of these ways that there is."""
    found = (find(node, sort, collection) for find in ways)
    return next((way for way in found if way is not None), None)


def way_of(choice: Choice) -> Way:
    """A stretch of a slot as a way."""
    return Way(choice.access, choice.in_order, choice.is_all)


def _by_slot(node: Node, sort: Sort, collection: Collection, *, only_selective: bool) -> Way | None:
    choice = choose_slot(facts_of(node), sort, collection)
    if choice is None or (only_selective and not choice.is_selective):
        return None
    return way_of(choice)


def _by_union(node: Node, _: Sort, collection: Collection, *, ways: Sequence[Find]) -> Way | None:
    """Of the branches of an ``||``, each of which has a way of its own; of several the smallest."""
    choices = [part for part in parts_of(node) if isinstance(part, Or)]
    found = [_find_union(part, collection, ways) for part in choices]
    return min(
        (Way(union) for union in found if union is not None), key=lambda way: _size(way.access), default=None
    )


def _find_union(node: Or, collection: Collection, ways: Sequence[Find]) -> Union | None:
    parts: list[Access] = []
    for branch in node.parts:
        way = first_way(ways, branch, Sort(), collection)
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


_SELECTIVE: tuple[Find, ...] = (by_id, by_unique, by_edge, partial(_by_slot, only_selective=True))
_ANY: tuple[Find, ...] = (*_SELECTIVE, partial(_by_slot, only_selective=False))
WAYS: tuple[Find, ...] = (
    *_SELECTIVE,
    partial(_by_union, ways=_SELECTIVE),
    partial(_by_slot, only_selective=False),
    partial(_by_union, ways=_ANY),
)
