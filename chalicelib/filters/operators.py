"""What an operator does with its operands: SQLite's comparison, and PocketBase's care for empty values."""

from chalicelib.filters.bound import Applied, Condition, Constant, Element, Extract, Lower, Operand, Truth
from chalicelib.filters.compare import (
    LIKES,
    NONE,
    ORDERINGS,
    Compare,
    Verdict,
    equals,
    is_not_same,
    is_same,
    with_affinity,
)
from chalicelib.filters.joins import Given
from chalicelib.filters.like import contains_pattern
from chalicelib.filters.read import affinity_of
from chalicelib.filters.sql_text import SqlValue, is_true, like_text, to_text


def decide(test: Condition) -> Verdict:
    """A comparison of constants."""
    compare = comparison_of(test, test.left, test.right)
    return compare(constant_value(test.left), constant_value(test.right))


def constant_value(operand: Operand) -> SqlValue:
    """The value of a constant, null of anything else."""
    return operand.value if isinstance(operand, Constant) else None


def comparison_of(test: Condition, left: Operand | None, right: Operand | None) -> Compare:
    """How the operands' values are compared; None is an operand's value as one of many."""
    if test.operator in ORDERINGS:
        return with_affinity(ORDERINGS[test.operator], affinity_of(test.left), affinity_of(test.right))
    if test.operator in LIKES:
        return _like(LIKES[test.operator], right)
    return _equality(test, left, right)


def _like(compare: Compare, right: Operand | None) -> Compare:
    if isinstance(right, Constant) and not right.is_word:
        pattern = contains_pattern(like_text(right.value))
        return lambda one, _: compare(one, pattern)
    if isinstance(right, Applied) and right.is_pattern:
        return compare

    def contains(one: SqlValue, other: SqlValue) -> Verdict:
        text = to_text(other)
        return None if text is None else compare(one, f"%{text}%")

    return contains


def _equality(test: Condition, left: Operand | None, right: Operand | None) -> Compare:
    """Empty text and null are the same, unless an operand comes from JSON."""
    wanted = test.operator == "="
    same: Compare = is_same if wanted else is_not_same
    affinities = affinity_of(test.left), affinity_of(test.right)
    if isinstance(right, Constant) and right.is_truth:
        same = _truth(wanted)
        affinities = affinities if wanted else (NONE, NONE)
    if any(map(keeps_null, _deciding(test, left, right))):
        return with_affinity(same, *affinities)
    if _is_empty(left) or _is_empty(right):
        return _equality_with_empty(wanted, same, left, right)
    is_among_many = left is None or right is None
    if _is_known(left, is_among_many) or _is_known(right, is_among_many):
        return with_affinity(equals if wanted else same, *affinities)
    return lambda one, other: same("" if one is None else one, "" if other is None else other)


def _deciding(test: Condition, left: Operand | None, right: Operand | None) -> tuple[Operand, ...]:
    """The operands that say whether null is a value: those with many values if there are any, else both."""
    sides = ((test.left, left), (test.right, right))
    return tuple(whole for whole, single in sides if single is None) or (test.left, test.right)


def _equality_with_empty(wanted: bool, same: Compare, left: Operand | None, right: Operand | None) -> Compare:
    if _is_empty(left) and _is_empty(right):
        return lambda *_: wanted
    if _is_known(left) or _is_known(right):
        compare = equals if wanted else same
        return lambda one, other: compare("" if _is_empty(left) else one, "" if _is_empty(right) else other)
    if _is_empty(left):
        return lambda _, other: (other in (None, "")) == wanted
    return lambda one, _: (one in (None, "")) == wanted


def _truth(wanted: bool) -> Compare:
    """SQL's IS TRUE, IS FALSE and their negations."""

    def compare(one: SqlValue, other: SqlValue) -> Verdict:
        return (one is not None and is_true(one) == bool(other)) == wanted

    return compare


def keeps_null(operand: Operand) -> bool:
    """Whether null is a value of its own."""
    if isinstance(operand, Lower):
        return keeps_null(operand.operand)
    return isinstance(operand, Extract | Truth)


def _is_empty(operand: Operand | None) -> bool:
    return isinstance(operand, Constant) and operand.value in (None, "")


def _is_known(operand: Operand | None, is_among_many: bool = False) -> bool:
    """Whether it cannot be empty, as PocketBase sees it: so are the elements of a submitted list.

    Beside many values it believes that of functions too.
    """
    if isinstance(operand, Applied):
        return is_among_many and any(map(_is_given, operand.arguments))
    if isinstance(operand, Element):
        return isinstance(operand.join, Given)
    return isinstance(operand, Constant) and operand.value not in (None, "")


def _is_given(operand: Operand | None) -> bool:
    return isinstance(operand, Constant) and not operand.is_word
