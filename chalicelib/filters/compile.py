"""Comparisons to checks: functions from an assignment of rows to a verdict."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from chalicelib.filters.bound import NEVER, Condition, Operand, Truth, conditions_in, joins_in
from chalicelib.filters.compare import Verdict
from chalicelib.filters.joins import Join, Row, chain_of
from chalicelib.filters.operators import comparison_of
from chalicelib.filters.read import Reader, make_reader
from chalicelib.filters.remember import anchors_of, many_joins, remembered, rival_anchors
from chalicelib.filters.rows import Assignment, rows_of
from chalicelib.filters.sql_text import SqlValue

Check: TypeAlias = Callable[[Assignment], Verdict]
Values: TypeAlias = tuple[SqlValue, ...]
ReadAll: TypeAlias = Callable[[Assignment], Values]


def make_check(test: Condition) -> Check:
    """The function that says whether a comparison holds for an assignment of all its joins."""
    left, right = make_operand_reader(test.left), make_operand_reader(test.right)
    compare = comparison_of(test, test.left, test.right)

    def check(assigned: Assignment) -> Verdict:
        return compare(left(assigned), right(assigned))

    return _and_shown(check, test.shown) if test.shown else check


def make_check_of_all(test: Condition) -> Check:
    """The function that says whether a comparison holds for all values of the operands that have many."""
    lefts, rights = many_joins(test.left, test.base), many_joins(test.right, test.base)
    compare = comparison_of(test, None if lefts else test.left, None if rights else test.right)
    left, right = _values_reader(test.left, lefts, test.base), _values_reader(test.right, rights, test.base)

    def holds(assigned: Assignment) -> Verdict:
        ones, others = left(assigned), right(assigned)
        assigned.memo.trials.note(len(ones) * len(others))
        return not any(compare(one, other) is False for one in ones for other in others)

    return remembered(holds, rival_anchors(test))


def make_operand_reader(operand: Operand) -> Reader:
    """A reader of any operand, conditions included."""
    if not isinstance(operand, Truth):
        return make_reader(operand)
    if operand.node == NEVER:
        return lambda _: 0
    checks = [make_check(test) for test in conditions_in(operand.node)]
    return lambda assigned: int(all(check(assigned) for check in checks))


def _and_shown(check: Check, shown: tuple[Join, ...]) -> Check:
    def check_shown(assigned: Assignment) -> Verdict:
        return check(assigned) and all(_shows_email(assigned.rows[join]) for join in shown)

    return check_shown


def _shows_email(row: Row) -> bool:
    return row is not None and row.values.get("emailVisibility") is True


def _values_reader(operand: Operand, joins: Sequence[Join], base: Join) -> ReadAll:
    """A reader of all values of an operand, starting from the base."""
    if not joins:
        read = make_operand_reader(operand)
        return lambda assigned: (read(assigned),)
    collect = _collector(operand, joins, chain_of(base))
    return lambda assigned: collect(assigned.fresh(base))


def _collector(operand: Operand, joins: Sequence[Join], given: tuple[Join, ...]) -> ReadAll:
    if not joins:
        read = make_operand_reader(operand)
        return lambda assigned: (read(assigned),)
    join = joins[0]
    further = _collector(operand, joins[1:], (*given, join))

    def collect(assigned: Assignment) -> Values:
        found: dict[int, Values] = {}  # rows that lead to the same lead to the same tuple: it is counted once
        for row in rows_of(join, assigned):
            assigned.rows[join] = row
            values = further(assigned)
            assigned.memo.trials.note(1 if id(values) in found else len(values))
            found[id(values)] = values
        return tuple(dict.fromkeys(value for values in found.values() for value in values))

    return remembered(collect, anchors_of((*joins_in(operand), *joins), given))
