"""Operands to readers: functions from an assignment of rows to a value."""

from collections.abc import Callable
from typing import Any, TypeAlias

from chalicelib.filters.bound import Applied, Column, Constant, Element, Extract, Length, Lower, Operand
from chalicelib.filters.compare import NONE, NUMERIC, TEXT
from chalicelib.filters.functions import FUNCTIONS
from chalicelib.filters.joins import NEW_ROOT
from chalicelib.filters.rows import Assignment
from chalicelib.filters.sql_text import SqlValue, column_text, to_lower, to_sql

Reader: TypeAlias = Callable[[Assignment], SqlValue]

NUMERIC_TYPES = frozenset({"number", "bool", "json", "geoPoint"})


def affinity_of(operand: Operand) -> str:
    """What the operand makes of a value it is compared with: only columns make anything."""
    if not isinstance(operand, Column) or operand.join == NEW_ROOT:
        return NONE
    return NUMERIC if operand.field.type in NUMERIC_TYPES or operand.field.is_multiple else TEXT


def make_reader(operand: Operand) -> Reader:
    """The function that reads an operand."""
    return READERS[type(operand)](operand)


def _read_constant(operand: Constant) -> Reader:
    return lambda _: operand.value


def _read_column(operand: Column) -> Reader:
    join, name, convert = operand.join, operand.field.name, _converter(operand)

    def read(assigned: Assignment) -> SqlValue:
        row = assigned.rows[join]
        return None if row is None else convert(row.values.get(name))

    return read


def _converter(column: Column) -> Callable[[Any], SqlValue]:
    """How a field's value is in its column; before a record is in a table its numbers are reals."""
    if column.field.type == "geoPoint":
        return lambda value: column_text(value, column.field)
    if column.field.type == "number" and column.join == NEW_ROOT:
        return float
    return to_sql


def _read_extract(operand: Extract) -> Reader:
    join, name, path = operand.join, operand.field.name, operand.path

    def read(assigned: Assignment) -> SqlValue:
        row = assigned.rows[join]
        return None if row is None else to_sql(dig(row.values.get(name), path))

    return read


def dig(value: Any, path: tuple[str | int, ...]) -> Any:
    """What a JSON value has at a path; None where it has nothing."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _read_element(operand: Element) -> Reader:
    return lambda assigned: assigned.rows[operand.join]


def _read_length(operand: Length) -> Reader:
    join, name = operand.join, operand.field.name

    def read(assigned: Assignment) -> SqlValue:
        row = assigned.rows[join]
        value = None if row is None else row.values.get(name)
        return len(value) if isinstance(value, list) else int(bool(value))

    return read


def _read_lower(operand: Lower) -> Reader:
    read = make_reader(operand.operand)
    return lambda assigned: to_lower(read(assigned))


def _read_applied(operand: Applied) -> Reader:
    apply = FUNCTIONS[operand.function].apply
    readers = [make_reader(argument) for argument in operand.arguments]
    return lambda assigned: apply([read(assigned) for read in readers])


READERS: dict[type, Callable[[Any], Reader]] = {
    Constant: _read_constant,
    Column: _read_column,
    Extract: _read_extract,
    Element: _read_element,
    Length: _read_length,
    Lower: _read_lower,
    Applied: _read_applied,
}
