"""Comparisons to checks: functions from an assignment of rows to a verdict."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from chalicelib.filters.bound import NEVER, Condition, Operand, Truth, conditions_in, joins_in
from chalicelib.filters.compare import Verdict
from chalicelib.filters.joins import Join, Row, chain_of, is_apart, is_many
from chalicelib.filters.operators import comparison_of
from chalicelib.filters.read import Reader, make_reader
from chalicelib.filters.rows import Assignment, rows_of
from chalicelib.filters.sql_text import SqlValue

Check: TypeAlias = Callable[[Assignment], Verdict]
ReadAll: TypeAlias = Callable[[Assignment], list[SqlValue]]


def make_check(test: Condition) -> Check:
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
    checks = [make_check(test) for test in conditions_in(operand.node)]
    return lambda assigned: int(all(check(assigned) for check in checks))


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


def _rivals(test: Condition) -> tuple[Callable[[Assignment], bool], ...]:
    """What must hold for all values of the operands that have many."""
    lefts, rights = _many_joins(test.left, test.base), _many_joins(test.right, test.base)
    if not lefts and not rights:
        return ()
    compare = comparison_of(test, None if lefts else test.left, None if rights else test.right)
    left, right = _values_reader(test.left, lefts, test.base), _values_reader(test.right, rights, test.base)

    def holds(assigned: Assignment) -> bool:
        ones, others = left(assigned), right(assigned)
        assigned.memo.count_trials(len(ones) * len(others))
        return not any(compare(one, other) is False for one in ones for other in others)

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
        assigned.memo.count_trials()
        assigned.rows[joins[0]] = row
        yield from assignments(joins[1:], assigned)
