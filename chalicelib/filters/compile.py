"""Comparisons to checks: functions from an assignment of rows to a verdict."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from chalicelib.filters.bound import (
    NEVER,
    Applied,
    Constant,
    Extract,
    Lower,
    Operand,
    Test,
    Truth,
    joins_in,
    tests_in,
)
from chalicelib.filters.compare import (
    LIKES,
    ORDERINGS,
    Compare,
    Verdict,
    equals,
    is_not_same,
    is_same,
    with_affinity,
)
from chalicelib.filters.joins import Join, Row, chain_of, is_apart, is_many
from chalicelib.filters.like import contains_pattern
from chalicelib.filters.read import Reader, affinity_of, make_reader
from chalicelib.filters.rows import Assignment, rows_of
from chalicelib.filters.sql_text import SqlValue, like_text, to_text

Check: TypeAlias = Callable[[Assignment], Verdict]
ReadAll: TypeAlias = Callable[[Assignment], list[SqlValue]]


def make_check(test: Test) -> Check:
    """The function that says whether a comparison holds for an assignment of all its joins."""
    left, right = make_operand_reader(test.left), make_operand_reader(test.right)
    compare = comparison_of(test, test.left, test.right)
    rivals = () if test.any_match else _rivals(test)

    def check(assigned: Assignment) -> Verdict:
        verdict = compare(left(assigned), right(assigned))
        if verdict and rivals:
            return all(holds(assigned) for holds in rivals)
        return verdict

    return _and_shown(check, test.shown) if test.shown else check


def make_operand_reader(operand: Operand) -> Reader:
    """A reader of any operand, conditions included."""
    if not isinstance(operand, Truth):
        return make_reader(operand)
    if operand.node == NEVER:
        return lambda _: 0
    checks = [make_check(test) for test in tests_in(operand.node)]
    return lambda assigned: int(all(check(assigned) for check in checks))


def decide(test: Test) -> Verdict:
    """A comparison of constants."""
    compare = comparison_of(test, test.left, test.right)
    return compare(constant_value(test.left), constant_value(test.right))


def constant_value(operand: Operand) -> SqlValue:
    """The value of a constant, null of anything else."""
    return operand.value if isinstance(operand, Constant) else None


def comparison_of(test: Test, left: Operand | None, right: Operand | None) -> Compare:
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


def _equality(test: Test, left: Operand | None, right: Operand | None) -> Compare:
    """Text or null, empty is empty; only what comes from JSON tells null from "" (see the table in docs)."""
    wanted = test.operator == "="
    same = is_same if wanted else is_not_same
    affinities = affinity_of(test.left), affinity_of(test.right)
    if any(map(keeps_null, _deciding(test, left, right))):
        return with_affinity(same, *affinities)
    if _is_empty(left) or _is_empty(right):
        return _equality_with_empty(wanted, left, right)
    is_among_many = left is None or right is None
    if _is_known(left, is_among_many) or _is_known(right, is_among_many):
        return with_affinity(equals if wanted else is_not_same, *affinities)
    return lambda one, other: same("" if one is None else one, "" if other is None else other)


def _deciding(test: Test, left: Operand | None, right: Operand | None) -> tuple[Operand, ...]:
    """The operands that say whether null is a value: those with many values if there are any, else both."""
    sides = ((test.left, left), (test.right, right))
    return tuple(whole for whole, single in sides if single is None) or (test.left, test.right)


def _equality_with_empty(wanted: bool, left: Operand | None, right: Operand | None) -> Compare:
    if _is_empty(left) and _is_empty(right):
        return lambda *_: wanted
    if _is_known(left) or _is_known(right):
        return lambda *_: not wanted
    if _is_empty(left):
        return lambda _, other: (other in (None, "")) == wanted
    return lambda one, _: (one in (None, "")) == wanted


def keeps_null(operand: Operand) -> bool:
    """Whether null is a value of its own."""
    if isinstance(operand, Lower):
        return keeps_null(operand.operand)
    return isinstance(operand, Extract | Truth)


def _is_empty(operand: Operand | None) -> bool:
    return isinstance(operand, Constant) and operand.value in (None, "")


def _is_known(operand: Operand | None, is_among_many: bool = False) -> bool:
    """Whether it cannot be empty; beside many values PocketBase believes that of functions too."""
    if isinstance(operand, Applied):
        return is_among_many and any(map(_is_given, operand.arguments))
    return isinstance(operand, Constant) and operand.value not in (None, "")


def _is_given(operand: Operand | None) -> bool:
    return isinstance(operand, Constant) and not operand.is_word


def _and_shown(check: Check, shown: tuple[Join, ...]) -> Check:
    def check_shown(assigned: Assignment) -> Verdict:
        return check(assigned) and all(_shows_email(assigned.rows[join]) for join in shown)

    return check_shown


def _shows_email(row: Row) -> bool:
    return row is not None and row.values.get("emailVisibility") is True


def _many_joins(operand: Operand, base: Join) -> tuple[Join, ...]:
    """The joins to go through for all values of an operand, if it has many."""
    below = set(chain_of(base))
    chain = {step: None for join in joins_in(operand) for step in chain_of(join) if step not in below}
    return tuple(chain) if any(map(is_many, chain)) else ()


def _rivals(test: Test) -> tuple[Callable[[Assignment], bool], ...]:
    """What must hold for all values of the operands that have many."""
    lefts, rights = _many_joins(test.left, test.base), _many_joins(test.right, test.base)
    if not lefts and not rights:
        return ()
    compare = comparison_of(test, None if lefts else test.left, None if rights else test.right)
    left, right = _values_reader(test.left, lefts, test.base), _values_reader(test.right, rights, test.base)

    def holds(assigned: Assignment) -> bool:
        others = right(assigned)
        return not any(compare(one, other) is False for one in left(assigned) for other in others)

    return (holds,)


def _values_reader(operand: Operand, joins: tuple[Join, ...], base: Join) -> ReadAll:
    read = make_operand_reader(operand)
    if not joins:
        return lambda assigned: [read(assigned)]

    def read_all(assigned: Assignment) -> list[SqlValue]:
        return list(dict.fromkeys(read(each) for each in assignments(joins, assigned.fresh(base))))

    return _remembered(read_all) if all(map(is_apart, joins)) else read_all


def _remembered(read_all: ReadAll) -> ReadAll:
    """The same values for every record."""

    def recall(assigned: Assignment) -> list[SqlValue]:
        if read_all not in assigned.memo:
            assigned.memo[read_all] = read_all(assigned)
        values: list[SqlValue] = assigned.memo[read_all]
        return values

    return recall


def assignments(joins: tuple[Join, ...], assigned: Assignment) -> Iterator[Assignment]:
    """Every way to give rows to the joins, in order, by changing `assigned`."""
    if not joins:
        yield assigned
        return
    for row in rows_of(joins[0], assigned):
        assigned.rows[joins[0]] = row
        yield from assignments(joins[1:], assigned)
