"""The WHERE of a partial index, as it is asked of records.

Like SQLite's, a comparison with NULL is neither true nor false (None here).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from chalicelib.frozen import dataclass
from chalicelib.schema.index_values import SqlValue, align, to_sql

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "==": eq,
    "!=": ne,
    "<>": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


@dataclass(frozen=True)
class Operand:
    """A column or a literal. In double quotes it is a literal when there is no such column, as in SQLite."""

    column: str = ""
    value: SqlValue = None
    may_be_text: bool = False

    def read(self, values: Mapping[str, Any]) -> SqlValue:
        """Its value in a record."""
        return to_sql(values.get(self.column)) if self.column else self.value

    def renamed(self, names: Mapping[str, str]) -> "Operand":
        """The same by a field's own name; `names` is by lower-case name."""
        if self.may_be_text and self.column.lower() not in names:
            return Operand(value=self.column)
        return replace(self, column=names.get(self.column.lower(), self.column))


@dataclass(frozen=True)
class Condition:
    """A comparison, or parts joined by AND, OR, NOT."""

    operator: str
    operands: tuple[Operand, ...] = ()
    parts: tuple["Condition", ...] = ()

    def ask(self, values: Mapping[str, Any]) -> bool | None:
        """True, false, or None where SQL says NULL."""
        if self.operator in ("AND", "OR"):
            return _join([part.ask(values) for part in self.parts], decided=self.operator == "OR")
        if self.operator == "NOT":
            inner = self.parts[0].ask(values)
            return None if inner is None else not inner
        left, *others = (operand.read(values) for operand in self.operands)
        if self.operator == "IS":
            return _same(left, others[0])
        if self.operator == "TRUE":
            return _is_true(left)
        if self.operator == "IN":
            return _join([_compare("=", left, other) for other in others], decided=True)
        return _compare(self.operator, left, others[0])

    def columns(self) -> Iterator[str]:
        """The names of the columns it reads."""
        yield from (operand.column for operand in self.operands if operand.column)
        for part in self.parts:
            yield from part.columns()

    def renamed(self, names: Mapping[str, str]) -> "Condition":
        """The same with columns called otherwise; `names` is by lower-case name."""
        return replace(
            self,
            operands=tuple(operand.renamed(names) for operand in self.operands),
            parts=tuple(part.renamed(names) for part in self.parts),
        )


def _join(answers: list[bool | None], *, decided: bool) -> bool | None:
    if decided in answers:
        return decided
    return None if None in answers else not decided


def _same(left: SqlValue, right: SqlValue) -> bool:
    if left is None or right is None:
        return left is right
    return bool(_compare("=", left, right))


def _is_true(value: SqlValue) -> bool | None:
    return None if value is None else bool(_compare("!=", 0, value))


def _compare(operator: str, left: SqlValue, right: SqlValue) -> bool | None:
    if left is None or right is None:
        return None
    return COMPARISONS[operator](*align(left, right))
