"""The nodes of a parsed pattern."""

from enum import Enum
from typing import TypeAlias

from chalicelib.frozen import dataclass

Ranges: TypeAlias = tuple[tuple[int, int], ...]


class PatternError(ValueError):
    """A text that is no pattern, or a pattern that no text can be generated from."""


class Place(Enum):
    """Assertions about where in the text one is."""

    LINE_START = "line start"
    LINE_END = "line end"
    TEXT_START = "text start"
    TEXT_END = "text end"
    WORD_EDGE = "word edge"
    NO_WORD_EDGE = "no word edge"


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of sorted, disjoint ranges of code points; `any_kind` when written as a dot."""

    ranges: Ranges
    any_kind: bool = False


@dataclass(frozen=True, slots=True)
class At:
    """No character, but a place."""

    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after another; none at all is the empty match."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same several times; `most` None is without end."""

    part: "Node"
    least: int
    most: int | None


Node: TypeAlias = Chars | At | Sequence | Choice | Repeat


def children(node: Node) -> tuple[Node, ...]:
    """The nodes that a node is made of."""
    if isinstance(node, Repeat):
        return (node.part,)
    if isinstance(node, Choice):
        return node.options
    return node.parts if isinstance(node, Sequence) else ()
