"""Whether a pattern is found in a text, in a time that grows with the text's length alone.

The tree becomes a nondeterministic automaton (Thompson), which is walked with the set of all states that it
may be in. Sets are remembered together with where each character leads, so that most characters of a text
cost one dictionary look-up. No pattern, however nested, makes it go back.
"""

from bisect import bisect_right
from dataclasses import field
from typing import TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.schema.patterns.classes import PERL
from chalicelib.schema.patterns.tree import At, Chars, Choice, Node, Place, Ranges, Repeat

WORD = frozenset(chr(code) for first, last in PERL["w"] for code in range(first, last + 1))
# Past so many remembered transitions everything is forgotten: memory stays bounded.
MAX_REMEMBERED = 2_000
MATCHED = 0


@dataclass(frozen=True, slots=True)
class _Consume:
    ranges: Ranges
    then: int


@dataclass(frozen=True, slots=True)
class _Stand:
    place: Place
    then: int


@dataclass(slots=True)
class _Fork:
    ways: tuple[int, ...]


_State: TypeAlias = _Consume | _Stand | _Fork


@dataclass(slots=True)
class _Situation:
    """A set of states between two characters, and where characters lead from here (None: to a match)."""

    states: frozenset[int]
    before: str
    leads: "dict[str, _Situation | None]" = field(default_factory=dict)


class Automaton:
    """A pattern made ready to be looked for."""

    def __init__(self, tree: Node) -> None:
        self._states: list[_State] = [_Fork(())]
        self._start = self._build(tree, MATCHED)
        self._forget()

    def is_found_in(self, text: str) -> bool:
        """Whether any part of the text matches."""
        situation = self._first
        for character in text:
            if character not in situation.leads:
                situation.leads[character] = self._step(situation, character)
            lead = situation.leads[character]
            if lead is None:
                return True
            situation = lead
        return MATCHED in self._reach(situation, "")

    def _forget(self) -> None:
        self._remembered = 0
        self._situations: dict[tuple[frozenset[int], str], _Situation] = {}
        self._first = _Situation(frozenset(), "")

    def _step(self, situation: _Situation, character: str) -> _Situation | None:
        reached = self._reach(situation, character)
        if MATCHED in reached:
            return None
        code = ord(character)
        found = (self._states[number] for number in reached)
        then = frozenset(
            state.then for state in found if isinstance(state, _Consume) and _contains(state.ranges, code)
        )
        return self._remember(then, _kind(character))

    def _remember(self, states: frozenset[int], before: str) -> _Situation:
        self._remembered += 1
        if self._remembered > MAX_REMEMBERED:
            self._forget()
        return self._situations.setdefault((states, before), _Situation(states, before))

    def _reach(self, situation: _Situation, after: str) -> set[int]:
        """All states that need no character to get to; a match may begin anywhere, so the start is one."""
        reached: set[int] = set()
        ahead = [self._start, *situation.states]
        while ahead:
            number = ahead.pop()
            if number not in reached:
                reached.add(number)
                ahead += self._ways_on(self._states[number], situation.before, after)
        return reached

    def _ways_on(self, state: _State, before: str, after: str) -> tuple[int, ...]:
        if isinstance(state, _Fork):
            return state.ways
        if isinstance(state, _Stand) and _is_at(state.place, before, after):
            return (state.then,)
        return ()

    def _add(self, state: _State) -> int:
        self._states.append(state)
        return len(self._states) - 1

    def _build(self, node: Node, then: int) -> int:
        """The number of the state that a node begins with, when `then` follows it."""
        if isinstance(node, Chars):
            return self._add(_Consume(node.ranges, then))
        if isinstance(node, At):
            return self._add(_Stand(node.place, then))
        if isinstance(node, Choice):
            return self._add(_Fork(tuple(self._build(option, then) for option in node.options)))
        if isinstance(node, Repeat):
            return self._build_repeat(node, then)
        for part in reversed(node.parts):
            then = self._build(part, then)
        return then

    def _build_repeat(self, node: Repeat, then: int) -> int:
        start = then
        if node.most is None:
            loop = _Fork(())
            start = self._add(loop)
            loop.ways = (self._build(node.part, start), then)
        for _ in range((node.most or 0) - node.least):
            start = self._add(_Fork((self._build(node.part, start), then)))
        for _ in range(node.least):
            start = self._build(node.part, start)
        return start


def _contains(ranges: Ranges, code: int) -> bool:
    place = bisect_right(ranges, code, key=lambda span: span[0])
    return place > 0 and code <= ranges[place - 1][1]


def _kind(character: str) -> str:
    """All that a place can ask of the character before it."""
    if character in WORD:
        return "a"
    return "\n" if character == "\n" else " "


def _is_at(place: Place, before: str, after: str) -> bool:
    """Whether a place is between these two characters; "" is the text's start or end."""
    return {
        Place.TEXT_START: not before,
        Place.TEXT_END: not after,
        Place.LINE_START: before in ("", "\n"),
        Place.LINE_END: after in ("", "\n"),
        Place.WORD_EDGE: (before in WORD) != (after in WORD),
        Place.NO_WORD_EDGE: (before in WORD) == (after in WORD),
    }[place]
