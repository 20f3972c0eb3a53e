"""What a tree says of the record's own columns: equal to this, above that, beginning with this.

Only what an index can serve: comparisons of one column that has a single text or number with a known value.
Each fact is implied by the tree; together they may be less than it says.
"""

from collections.abc import Callable, Mapping
from typing import TypeGuard

from chalicelib.filters.access import Bound
from chalicelib.filters.bound import And, Column, Condition, Constant, Node, Operand
from chalicelib.filters.compare import NUMERIC, TEXT
from chalicelib.filters.joins import ROOT
from chalicelib.filters.like import contains_pattern, literal_start
from chalicelib.filters.read import affinity_of
from chalicelib.filters.sql_text import SqlValue, like_text, order_of, to_number, to_text
from chalicelib.frozen import dataclass

# Numeric columns that hold one number; the others of that affinity hold JSON.
NUMBERS = frozenset({"number", "bool"})
EQUAL, LOW, HIGH, START = "equal", "low", "high", "start"
MIRRORED: Mapping[str, str] = {"=": "=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
ENDS: Mapping[str, tuple[str, bool]] = {
    ">": (LOW, False),
    ">=": (LOW, True),
    "<": (HIGH, False),
    "<=": (HIGH, True),
}


@dataclass(frozen=True)
class Fact:
    """One thing known of a column. `is_all` when it says as much as the comparison it comes from."""

    column: str
    kind: str
    value: SqlValue
    inclusive: bool = True
    is_all: bool = True


@dataclass(frozen=True)
class Facts:
    """What a tree says; `parts` is of how many comparisons and other parts it is made."""

    known: tuple[Fact, ...]
    parts: int

    def equal(self, column: str) -> Fact | None:
        """The value that a column must have."""
        return next((fact for fact in self.known if (fact.column, fact.kind) == (column, EQUAL)), None)

    def bound(self, column: str, kind: str) -> Bound | None:
        """The tightest end of a column's range."""
        ends = [fact for fact in self.known if (fact.column, fact.kind) == (column, kind)]
        if not ends:
            return None
        sign = max if kind == LOW else min
        closest = sign(ends, key=lambda fact: (order_of(fact.value), fact.inclusive == (kind == HIGH)))
        return Bound(closest.value, closest.inclusive)

    def start(self, column: str) -> str | None:
        """What a column's text begins with, in any case of its letters."""
        starts = [str(fact.value) for fact in self.known if (fact.column, fact.kind) == (column, START)]
        return max(starts, key=len, default=None)

    @property
    def values(self) -> dict[str, SqlValue]:
        """The columns whose values are known."""
        return {fact.column: fact.value for fact in reversed(self.known) if fact.kind == EQUAL}


def facts_of(node: Node) -> Facts:
    """What must be true of a record that satisfies the tree."""
    parts = node.parts if isinstance(node, And) else (node,)
    found = (find_fact(part) for part in parts if isinstance(part, Condition))
    return Facts(tuple(fact for fact in found if fact is not None), len(parts))


def find_fact(test: Condition) -> Fact | None:
    """What one comparison says of a column of the record."""
    sides = ((test.left, test.operator, test.right), (test.right, MIRRORED.get(test.operator, ""), test.left))
    for column, operator, constant in sides:
        read = FACTS.get(operator)
        if read and is_plain(column) and isinstance(constant, Constant) and not constant.is_truth:
            fact = read(column, operator, constant)
            return fact if fact is None or is_storable(fact.value) else None
    return None


def is_plain(operand: Operand | None) -> TypeGuard[Column]:
    """Whether it is a column of the record itself that holds one text or number."""
    if not isinstance(operand, Column) or operand.join != ROOT:
        return False
    if affinity_of(operand) == NUMERIC:
        return operand.field.type in NUMBERS
    return affinity_of(operand) == TEXT


def _read_equal(column: Column, operator: str, constant: Constant) -> Fact | None:
    """No number is empty; null is an empty text."""
    is_empty = constant.value in (None, "")
    if is_empty and affinity_of(column) == TEXT:
        return Fact(column.field.name, EQUAL, "")
    value = None if is_empty else _value_for(column, constant.value)
    return None if value is None else Fact(column.field.name, EQUAL, value)


def _read_end(column: Column, operator: str, constant: Constant) -> Fact | None:
    kind, inclusive = ENDS[operator]
    value = _value_for(column, constant.value)
    return None if value is None else Fact(column.field.name, kind, value, inclusive)


def _read_start(column: Column, operator: str, constant: Constant) -> Fact | None:
    """``~ 'abc%'``; only texts are compared as they are stored."""
    if constant.is_word or affinity_of(column) != TEXT:
        return None
    pattern = contains_pattern(like_text(constant.value))
    start, is_all = literal_start(pattern)
    return Fact(column.field.name, START, start, is_all=is_all) if start else None


def _value_for(column: Column, value: SqlValue) -> SqlValue:
    """The value as the column compares it; None when there is no such value in it."""
    if affinity_of(column) == TEXT:
        return to_text(value)
    number = to_number(value)
    if not isinstance(number, int | float):
        return None
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number


def is_storable(value: SqlValue) -> bool:
    """Half a surrogate pair is in no key."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


FACTS: Mapping[str, Callable[[Column, str, Constant], Fact | None]] = {
    "=": _read_equal,
    "~": _read_start,
    **dict.fromkeys(ENDS, _read_end),
}
