"""Finding rows of ``@collection.*`` by value, instead of trying each of them for each record."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from chalicelib.filters.bound import Column, Condition, Node, Operand, joins_in
from chalicelib.filters.compare import NUMERIC, TEXT
from chalicelib.filters.joins import Every, Join, Rows, chain_of
from chalicelib.filters.read import affinity_of, make_reader
from chalicelib.filters.rows import Assignment, rows_of
from chalicelib.filters.source import RecordSource
from chalicelib.filters.sql_text import SqlValue, to_number

Rowing: TypeAlias = Callable[[Assignment], Rows]


def rows_for(join: Join, parts: Sequence[Node], bound: Sequence[Join]) -> Rowing:
    """The rows of a join that are worth trying: those that can satisfy an equality among the parts."""
    if isinstance(join, Every):
        for part in parts:
            pair = _find_equality(part, join, bound)
            if pair is not None:
                return _equal_rows(join, *pair)
    return lambda assigned: rows_of(join, assigned)


def _find_equality(part: Node, join: Every, bound: Sequence[Join]) -> tuple[Column, Operand] | None:
    """A column of the join and the operand it must equal, whose own joins have their rows already."""
    if not isinstance(part, Condition) or part.operator != "=":
        return None
    for column, other in ((part.left, part.right), (part.right, part.left)):
        if isinstance(column, Column) and column.join == join and _is_ready(other, bound):
            return column, other
    return None


def _is_ready(operand: Operand, bound: Sequence[Join]) -> bool:
    return all(step in bound for join in joins_in(operand) for step in chain_of(join))


def _equal_rows(join: Every, column: Column, other: Operand) -> Rowing:
    read_other = make_reader(other)
    is_text = affinity_of(column) == TEXT and affinity_of(other) != NUMERIC

    def find(assigned: Assignment) -> Rows:
        found = _ask(join, column, read_other(assigned), assigned.source) if is_text else None
        return _find_among_all(assigned) if found is None else found

    def _find_among_all(assigned: Assignment) -> Rows:
        key = (join, column.field.name)
        if key not in assigned.memo:
            assigned.memo[key] = _index(join, column, assigned)
        found: Rows = assigned.memo[key].get(_key(read_other(assigned)), ())
        return found

    return find


def _ask(join: Every, column: Column, value: SqlValue, source: RecordSource) -> Rows | None:
    """The rows, if the source has a short way to those with a text; null is an empty one."""
    collection = source.catalog.find(join.collection)
    text = "" if value is None else value
    if collection is None or not isinstance(text, str):
        return None
    return source.equal(collection, column.field.name, text)


def _index(join: Every, column: Column, assigned: Assignment) -> dict[SqlValue, list[object]]:
    read = make_reader(column)
    rows_by_key: dict[SqlValue, list[object]] = {}
    for row in rows_of(join, assigned):
        assigned.rows[join] = row
        rows_by_key.setdefault(_key(read(assigned)), []).append(row)
    return rows_by_key


def _key(value: SqlValue) -> SqlValue:
    """The same for all values that any kind of equality holds for equal."""
    number = to_number(value)
    return "" if number is None else number
