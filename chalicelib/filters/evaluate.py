"""Does a record match a bound tree?

A record matches when some assignment of rows to the tree's joins satisfies the whole tree: SQL's joined
row that passes WHERE. Parts of a conjunction that share no join are tried apart, so the work is the sum
of their rows, not the product.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from chalicelib.filters.bound import And, Node, Or, Test, test_joins, tests_in
from chalicelib.filters.compile import make_check
from chalicelib.filters.joins import Join, chain_of
from chalicelib.filters.rows import Assignment, rows_of
from chalicelib.filters.source import RecordSource
from chalicelib.schema.record import Record

Matcher: TypeAlias = Callable[[Assignment], bool]
Joins: TypeAlias = dict[Join, None]  # an ordered set


def matches(node: Node, record: Record, source: RecordSource) -> bool:
    """Whether the record satisfies the bound tree."""
    return make_matcher(node)(Assignment(source, record))


def matching(node: Node, records: Iterable[Record], source: RecordSource) -> Iterator[Record]:
    """The records that match, lazily; related records are asked for in batches."""
    matcher = make_matcher(node)
    return (record for record in records if matcher(Assignment(source, record)))


def make_matcher(node: Node) -> Matcher:
    """The function that says whether some assignment satisfies the tree."""
    return _exists(node, {})


def _exists(node: Node, bound: Joins) -> Matcher:
    if isinstance(node, Or):
        return _any(node.parts, bound)
    if isinstance(node, And):
        return _all(node.parts, bound)
    return _each_row((node,), bound)


def _any(parts: Sequence[Node], bound: Joins) -> Matcher:
    matchers = [_exists(part, bound) for part in parts]
    return lambda assigned: any(matches(assigned) for matches in matchers)


def _all(parts: Sequence[Node], bound: Joins) -> Matcher:
    matchers = [_each_row(group, bound) for group in _groups(parts, bound)]
    return lambda assigned: all(matches(assigned) for matches in matchers)


def _each_row(parts: Sequence[Node], bound: Joins) -> Matcher:
    """Parts that speak of the same joins: the first of them is given one row after another."""
    free = _free(parts, bound)
    if not free:
        return _settled(parts, bound)
    if len(parts) == 1 and not isinstance(parts[0], Test):
        return _exists(parts[0], bound)
    return _over(next(iter(free)), parts, bound)


def _settled(parts: Sequence[Node], bound: Joins) -> Matcher:
    """Parts whose joins all have their row."""
    checks = [make_check(part) if isinstance(part, Test) else _exists(part, bound) for part in parts]
    return lambda assigned: all(check(assigned) for check in checks)


def _over(join: Join, parts: Sequence[Node], bound: Joins) -> Matcher:
    inside = _all(parts, {**bound, join: None}) if len(parts) > 1 else _exists(parts[0], {**bound, join: None})

    def some_row(assigned: Assignment) -> bool:
        for row in rows_of(join, assigned):
            assigned.rows[join] = row
            if inside(assigned):
                return True
        return False

    return some_row


def _free(parts: Sequence[Node], bound: Joins) -> Joins:
    """The joins that have no row yet, those before which others stand first."""
    return {
        step: None
        for part in parts
        for test in tests_in(part)
        for join in test_joins(test)
        for step in chain_of(join)
        if step not in bound
    }


def _groups(parts: Sequence[Node], bound: Joins) -> list[list[Node]]:
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
