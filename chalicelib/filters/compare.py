"""How two values compare: SQLite's affinities and nulls, LIKE, and PocketBase's care for empty values.

A comparison is True, False or None, SQL's "unknown".
"""

from collections.abc import Callable
from typing import TypeAlias

from chalicelib.filters.like import is_like
from chalicelib.filters.sql_text import SqlValue, order_of, to_number, to_text

Verdict: TypeAlias = bool | None
Compare: TypeAlias = Callable[[SqlValue, SqlValue], Verdict]

# Affinities: what a column makes of the value it is compared with.
TEXT = "text"
NUMERIC = "numeric"
NONE = "none"


def _unless_null(decide: Callable[[tuple[int, object], tuple[int, object]], bool]) -> Compare:
    def compare(left: SqlValue, right: SqlValue) -> Verdict:
        if left is None or right is None:
            return None
        return decide(order_of(left), order_of(right))

    return compare


equals = _unless_null(lambda left, right: left == right)


def is_same(left: SqlValue, right: SqlValue) -> bool:
    """SQL's IS: null is null."""
    return order_of(left) == order_of(right)


def is_not_same(left: SqlValue, right: SqlValue) -> bool:
    """SQL's IS NOT."""
    return order_of(left) != order_of(right)


def like(left: SqlValue, right: SqlValue) -> Verdict:
    """SQL's LIKE."""
    text, pattern = to_text(left), to_text(right)
    return None if text is None or pattern is None else is_like(text, pattern)


def unlike(left: SqlValue, right: SqlValue) -> Verdict:
    """SQL's NOT LIKE."""
    found = like(left, right)
    return None if found is None else not found


ORDERINGS: dict[str, Compare] = {
    ">": _unless_null(lambda left, right: left > right),
    ">=": _unless_null(lambda left, right: left >= right),
    "<": _unless_null(lambda left, right: left < right),
    "<=": _unless_null(lambda left, right: left <= right),
}
LIKES: dict[str, Compare] = {"~": like, "!~": unlike}


def with_affinity(compare: Compare, left: str, right: str) -> Compare:
    """The comparison between operands of these affinities."""
    if NUMERIC in (left, right):
        return lambda one, other: compare(
            one if left == NUMERIC else to_number(one), other if right == NUMERIC else to_number(other)
        )
    if TEXT in (left, right) and left != right:
        return lambda one, other: compare(to_text(one), to_text(other))
    return compare
