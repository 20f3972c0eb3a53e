"""Does a record match a bound tree?

A record matches when some assignment of rows to the tree's joins satisfies the whole tree: SQL's joined
row that passes WHERE. Parts of a conjunction that share no join are tried apart, so the work is the sum
of their rows, not the product.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from chalicelib.filters.bound import (
    ALWAYS,
    NEVER,
    And,
    Condition,
    Node,
    Or,
    all_of,
    any_of,
    condition_joins,
    conditions_in,
)
from chalicelib.filters.compile import make_check, make_check_of_all
from chalicelib.filters.joins import Join, Root, chain_of
from chalicelib.filters.lookup import rows_for
from chalicelib.filters.prefetch import prefetch
from chalicelib.filters.remember import anchors_in, has_rivals, remembered, rival_anchors
from chalicelib.filters.rows import Assignment, Memo
from chalicelib.filters.source import RecordSource
from chalicelib.schema.record import Record

Matcher: TypeAlias = Callable[[Assignment], bool]
FIRST_BATCH = 64
LARGEST_BATCH = 1024
Joins: TypeAlias = dict[Join, None]  # an ordered set


def matches(node: Node, record: Record, source: RecordSource) -> bool:
    """Whether the record satisfies the bound tree."""
    return any(True for _ in matching(node, (record,), source))


def matching(node: Node, records: Iterable[Record], source: RecordSource) -> Iterator[Record]:
    """The records that match, lazily; related records are asked for once per batch of those they decide."""
    memo = Memo(source.trials)
    joins = joins_of(node)
    decides = make_matcher(node)
    if not joins:
        yield from (record for record in records if decides(Assignment(source, record, memo)))
        return
    surely, possibly = make_matcher(settle(node, NEVER)), make_matcher(settle(node, ALWAYS))
    for batch in batches(records):
        assigned = [Assignment(source, record, memo) for record in batch]
        open_ones = [
            record for record, row in zip(batch, assigned, strict=True) if possibly(row) and not surely(row)
        ]
        prefetch(joins, open_ones, source)
        undecided = {id(record) for record in open_ones}
        for record, row in zip(batch, assigned, strict=True):
            if decides(row) if id(record) in undecided else surely(row):
                yield record


def joins_of(node: Node) -> list[Join]:
    """All joins of a tree, each after what it stands on."""
    return list(_free((node,), {}))


def settle(node: Node, unknown: Node) -> Node:
    """The tree with every comparison that needs other rows than the record's own taken for `unknown`."""
    if isinstance(node, Condition):
        return unknown if joins_of(node) else node
    parts = (settle(part, unknown) for part in node.parts)
    return all_of(parts) if isinstance(node, And) else any_of(parts)


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records in lists that grow: the first matches come soon, many records take few questions."""
    stream, size = iter(records), FIRST_BATCH
    while batch := list(islice(stream, size)):
        yield batch
        size = min(size * 2, LARGEST_BATCH)


def make_matcher(node: Node, bound: Iterable[Join] = ()) -> Matcher:
    """The function that says whether some assignment satisfies the tree; `bound` joins have their rows."""
    return _exists(node, dict.fromkeys(bound))


def _exists(node: Node, bound: Joins) -> Matcher:
    if isinstance(node, Or):
        return _any(node.parts, bound)
    return _all(node.parts if isinstance(node, And) else (node,), bound)


def _any(parts: Sequence[Node], bound: Joins) -> Matcher:
    matchers = [_exists(part, bound) for part in parts]
    return lambda assigned: any(matches(assigned) for matches in matchers)


def _all(parts: Sequence[Node], bound: Joins) -> Matcher:
    """What must hold for all rows is asked apart from what some row must satisfy."""
    of_all = [part for part in parts if isinstance(part, Condition) and _is_of_all(part, bound)]
    checks = [make_check_of_all(test) for test in of_all]
    of_some = [replace(part, any_match=True) if part in of_all else part for part in parts]
    matchers = [_each_row(group, bound) for group in groups_of(of_some, bound)]
    return lambda assigned: (
        all(matches(assigned) for matches in matchers) and all(check(assigned) for check in checks)
    )


def _is_of_all(test: Condition, bound: Joins) -> bool:
    """Whether it must hold for all rows, and that can be asked now."""
    return has_rivals(test) and all(isinstance(join, Root) or join in bound for join in rival_anchors(test))


def _each_row(parts: Sequence[Node], bound: Joins) -> Matcher:
    """Parts that speak of the same joins: the first of them is given one row after another."""
    free = _free(parts, bound)
    if not free:
        return _settled(parts, bound)
    if len(parts) == 1 and not isinstance(parts[0], Condition):
        return _exists(parts[0], bound)
    return _over(next(iter(free)), parts, bound)


def _settled(parts: Sequence[Node], bound: Joins) -> Matcher:
    """Parts whose joins all have their row."""
    checks = [make_check(part) if isinstance(part, Condition) else _exists(part, bound) for part in parts]
    return lambda assigned: all(check(assigned) for check in checks)


def _over(join: Join, parts: Sequence[Node], bound: Joins) -> Matcher:
    now_bound = {**bound, join: None}
    inside = _all(parts, now_bound) if len(parts) > 1 else _exists(parts[0], now_bound)
    rows = rows_for(join, parts, tuple(bound))

    def some_row(assigned: Assignment) -> bool:
        for row in rows(assigned):
            assigned.memo.trials.note()
            assigned.rows[join] = row
            if inside(assigned):
                return True
        return False

    return remembered(some_row, anchors_in(parts, tuple(bound)))


def _free(parts: Sequence[Node], bound: Joins) -> Joins:
    """The joins that have no row yet, those before which others stand first."""
    return {
        step: None
        for part in parts
        for test in conditions_in(part)
        for join in condition_joins(test)
        for step in chain_of(join)
        if step not in bound
    }


def groups_of(parts: Sequence[Node], bound: Joins) -> list[list[Node]]:
    """The parts, those that share an unassigned join together."""
    groups: list[tuple[list[Node], Joins]] = []
    for part in parts:
        free = _free((part,), bound)
        sharing = [group for group in groups if not free.keys().isdisjoint(group[1])]
        groups = [group for group in groups if group not in sharing]
        members = [member for group in sharing for member in group[0]]
        joins = {join: None for group in sharing for join in group[1]}
        groups.append(([*members, part], {**joins, **free}))
    return [members for members, _ in groups]
