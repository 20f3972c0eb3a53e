"""Remembering what was found out for some rows, so that records which share them do not ask again.

Whether some row of a join satisfies a part of a tree depends on few of the rows that are already given:
those that the part reads itself, and those that its further joins start from.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

from chalicelib.filters.bound import Condition, Node, Operand, condition_joins, conditions_in, joins_in
from chalicelib.filters.joins import Join, Root, Row, chain_of, is_many
from chalicelib.filters.rows import Assignment
from chalicelib.schema.record import Record

Found = TypeVar("Found")
Anchors: TypeAlias = tuple[Join, ...]


def remembered(find: Callable[[Assignment], Found], anchors: Sequence[Join]) -> Callable[[Assignment], Found]:
    """The same function, asked once for the same rows of the joins that it depends on."""

    def recall(assigned: Assignment) -> Found:
        key = (find, *(_mark_of(assigned.rows[join]) for join in anchors))
        if key not in assigned.memo:
            assigned.memo[key] = find(assigned)
        found: Found = assigned.memo[key]
        return found

    return recall


def anchors_of(joins: Iterable[Join], given: Iterable[Join]) -> Anchors:
    """The nearest joins that have a row already, and that these joins are or stand on."""
    having = set(given)
    found = {_anchor_of(join, having): None for join in joins}
    return tuple(join for join in found if join is not None)


def anchors_in(nodes: Iterable[Node], given: Sequence[Join]) -> Anchors:
    """What the outcome of nodes depends on, once the given joins have a row."""
    tests = [test for node in nodes for test in conditions_in(node)]
    read = (join for test in tests for join in (*condition_joins(test), *rival_anchors(test)))
    return anchors_of(read, given)


def has_rivals(test: Condition) -> bool:
    """Whether a comparison must hold for all values of an operand that has many."""
    return not test.any_match and any(many_joins(side, test.base) for side in (test.left, test.right))


def rival_anchors(test: Condition) -> Anchors:
    """What it depends on whether a comparison holds for all values of operands that have many."""
    if not has_rivals(test):
        return ()
    sides = [(operand, many_joins(operand, test.base)) for operand in (test.left, test.right)]
    below = chain_of(test.base)
    anchors = (anchors_of(joins_in(operand), below) if many else joins_in(operand) for operand, many in sides)
    return tuple(dict.fromkeys(join for some in anchors for join in some))


def many_joins(operand: Operand, base: Join) -> tuple[Join, ...]:
    """The joins to go through for all values of an operand, if it has many."""
    below = set(chain_of(base))
    chain = {step: None for join in joins_in(operand) for step in chain_of(join) if step not in below}
    return tuple(chain) if any(map(is_many, chain)) else ()


def _anchor_of(join: Join, having: set[Join]) -> Join | None:
    """None for a join that stands on nothing, and has no row yet."""
    step: Join | None = join
    while step is not None and step not in having and not isinstance(step, Root):
        step = getattr(step, "parent", None)
    return step


def _mark_of(row: Row) -> Any:
    """What tells a row from the join's others: 1 and 1.0 are two."""
    return row.id if isinstance(row, Record) else (type(row), row)
