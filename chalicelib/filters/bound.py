"""The tree of an expression once every name is resolved: comparisons of values, columns and functions."""

from collections.abc import Iterable
from typing import TypeAlias

from chalicelib.filters.joins import ROOT, Elements, Join
from chalicelib.frozen import dataclass
from chalicelib.schema.fields import Field

SqlValue: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Constant:
    """A known value. `is_word` for what SQL would spell out (1, 0, NULL) instead of passing in.

    `is_truth` for TRUE and FALSE: on the right of IS they ask for truth, and every text is true or false.
    """

    value: SqlValue
    is_word: bool = False
    is_truth: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a row."""

    join: Join
    field: Field


@dataclass(frozen=True, slots=True)
class Extract:
    """What a JSON value has at a path; the empty path is the value itself."""

    join: Join
    field: Field
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """The value of a row that is not a record."""

    join: Join


@dataclass(frozen=True, slots=True)
class Length:
    """How many values a field of a row holds."""

    join: Join
    field: Field


@dataclass(frozen=True, slots=True)
class Lower:
    """Text in lower case, ASCII letters only."""

    operand: "Operand"


@dataclass(frozen=True, slots=True)
class Applied:
    """A function's result; `is_pattern` when ``~`` takes it for a pattern as it is."""

    function: str
    arguments: tuple["Operand", ...]
    is_pattern: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """1, 0 or null: whether a tree holds."""

    node: "Node"


Operand: TypeAlias = Constant | Column | Extract | Element | Length | Lower | Applied | Truth


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison.

    An operand over many rows must hold for all of them unless `any_match`; `base` is the row whose many
    rows are meant. `shown` are the rows whose e-mail must be public for this test to hold.
    """

    left: Operand
    operator: str
    right: Operand
    any_match: bool = False
    base: Join = ROOT
    shown: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts hold."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts holds."""

    parts: tuple["Node", ...]


Node: TypeAlias = Condition | And | Or

ALWAYS = And(())
NEVER = Or(())


def all_of(nodes: Iterable[Node]) -> Node:
    """All of the nodes hold; folded when that is decided."""
    parts: list[Node] = []
    for node in nodes:
        if node == NEVER:
            return NEVER
        parts.extend(node.parts if isinstance(node, And) else (node,))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def any_of(nodes: Iterable[Node]) -> Node:
    """At least one of the nodes holds; folded when that is decided."""
    parts: list[Node] = []
    for node in nodes:
        if node == ALWAYS:
            return ALWAYS
        parts.extend(node.parts if isinstance(node, Or) else (node,))
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def both(left: Node, right: Node) -> Node:
    """Both trees hold for the same rows, e.g. a rule and a client's filter."""
    return all_of((left, right))


def having(field: Field, value: str) -> Node:
    """The field of the record holds this text, or has it among its values."""
    if field.is_multiple:
        return Condition(
            Element(Elements(ROOT, field.name, is_many=True)), "=", Constant(value), any_match=True
        )
    return Condition(Column(ROOT, field), "=", Constant(value))


def joins_in(operand: Operand) -> tuple[Join, ...]:
    """The joins an operand reads, not those they stand on."""
    if isinstance(operand, Column | Extract | Element | Length):
        return (operand.join,)
    if isinstance(operand, Lower):
        return joins_in(operand.operand)
    if isinstance(operand, Applied):
        return tuple(join for argument in operand.arguments for join in joins_in(argument))
    if isinstance(operand, Truth):
        return tuple(join for test in conditions_in(operand.node) for join in condition_joins(test))
    return ()


def condition_joins(test: Condition) -> tuple[Join, ...]:
    """The joins a comparison reads."""
    return (*joins_in(test.left), *joins_in(test.right), *test.shown)


def conditions_in(node: Node) -> Iterable[Condition]:
    """All comparisons of a tree."""
    if isinstance(node, Condition):
        yield node
    else:
        for part in node.parts:
            yield from conditions_in(part)
