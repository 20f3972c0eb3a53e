"""A pattern, parsed once."""

from functools import cached_property, lru_cache

from chalicelib.schema.patterns.automaton import Automaton
from chalicelib.schema.patterns.generate import check_generated, generate_text
from chalicelib.schema.patterns.parse import parse_pattern
from chalicelib.schema.patterns.tree import Node


class Pattern:
    """Something to look for in texts, or to make texts from."""

    def __init__(self, tree: Node) -> None:
        self._tree = tree

    @cached_property
    def _automaton(self) -> Automaton:
        return Automaton(self._tree)

    def is_found_in(self, text: str) -> bool:
        """Whether the text, or a part of it, matches."""
        return self._automaton.is_found_in(text)

    def generate(self) -> str:
        """A random text that matches; raises PatternError when the pattern does not say enough."""
        check_generated(self._tree)
        return generate_text(self._tree)


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """The pattern that a text spells; raises PatternError."""
    return Pattern(parse_pattern(text))
