"""Random texts that match a pattern, with the bounds that PocketBase puts on them."""

import string

from chalicelib import ids
from chalicelib.schema.patterns.classes import to_ranges
from chalicelib.schema.patterns.tree import (
    At,
    Chars,
    Choice,
    Node,
    PatternError,
    Place,
    Ranges,
    Repeat,
    Sequence,
    children,
)

# Repetitions without end stop here.
MOST = 5
ANY_KIND = to_ranges((ord(character), ord(character)) for character in string.ascii_letters + string.digits)
SURROGATES = range(0xD800, 0xE000)

# Go's numbers of the operators that cannot be generated from, which its message shows.
EMPTY_OPERATOR = 2
PLACE_OPERATORS = {
    Place.LINE_START: 7,
    Place.LINE_END: 8,
    Place.TEXT_START: 9,
    Place.TEXT_END: 10,
    Place.WORD_EDGE: 11,
    Place.NO_WORD_EDGE: 12,
}


def check_generated(node: Node) -> None:
    """Raises PatternError for a pattern with places, or with nothing, in it."""
    if isinstance(node, At):
        raise _unsupported(PLACE_OPERATORS[node.place])
    if isinstance(node, Chars) and not node.ranges:
        raise PatternError("No runes to choose from")
    if node == Sequence():
        raise _unsupported(EMPTY_OPERATOR)
    for part in children(node):
        check_generated(part)


def generate_text(node: Node) -> str:
    """A random text that matches."""
    if isinstance(node, Chars):
        return _random_character(ANY_KIND if node.any_kind else node.ranges)
    if isinstance(node, Choice):
        return generate_text(node.options[ids.random_below(len(node.options))])
    if isinstance(node, Repeat):
        return "".join(generate_text(node.part) for _ in range(_random_count(node)))
    return "".join(generate_text(part) for part in children(node))


def _unsupported(operator: int) -> PatternError:
    return PatternError(f"Unsupported pattern operator {operator}")


def _random_count(node: Repeat) -> int:
    """From the least count up to, but without, the greatest, as PocketBase does it."""
    most = max(MOST, node.least) + 1 if node.most is None else node.most
    return node.least + ids.random_below(max(most - node.least, 1))


def _random_character(ranges: Ranges) -> str:
    place = ids.random_below(sum(last - first + 1 for first, last in ranges))
    for first, last in ranges:
        if place <= last - first:
            break
        place -= last - first + 1
    code = first + place
    return "\ufffd" if code in SURROGATES else chr(code)
