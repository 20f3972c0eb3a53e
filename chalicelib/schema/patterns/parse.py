"""Text to tree, for the syntax of Go's regular expressions, with Go's complaints.

There are no backreferences and no look-around, which is what lets automaton.py match in linear time.
Greedy and lazy operators are the same to us: we only ask whether a text matches.
"""

import re
from collections.abc import Callable, Mapping

from chalicelib.schema.patterns.bounds import multiplies_within, size_of
from chalicelib.schema.patterns.brackets import read_brackets
from chalicelib.schema.patterns.classes import EVERYTHING, NEWLINE, negated, with_both_cases
from chalicelib.schema.patterns.escapes import find_class, read_character, refuse
from chalicelib.schema.patterns.groups import Flags, Group, end_of_name, read_flags
from chalicelib.schema.patterns.tree import At, Chars, Node, Place, Repeat

MAX_REPEAT = 1000
MAX_NESTING = 100
# Characters and places once all repetitions are written out.
MAX_SIZE = 20_000

COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
PLACES = {"A": Place.TEXT_START, "z": Place.TEXT_END, "b": Place.WORD_EDGE, "B": Place.NO_WORD_EDGE}


def parse_pattern(text: str) -> Node:
    """The tree of a pattern; raises PatternError with Go's message."""
    tree = _Parser(text).parse()
    if size_of(tree) > MAX_SIZE:
        raise refuse("expression too large", text)
    return tree


class _Parser:
    """Reads from left to right, a character or an operator at a time; open groups are a stack."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.flags = Flags()
        self.groups = [Group(self.flags)]
        self.last_repeat = (-1, -1)

    def parse(self) -> Node:
        """pattern = option ("|" option)*; option = (atom repeat?)*"""
        while self.place < len(self.text):
            READERS.get(self.text[self.place], _Parser.read_literal)(self)
        if len(self.groups) > 1:
            raise refuse("missing closing )", self.text)
        return self.groups[0].closed()

    def add(self, node: Node, end: int) -> None:
        self.groups[-1].parts.append(node)
        self.place = end

    def add_character(self, code: int, end: int) -> None:
        ranges = ((code, code),)
        self.add(Chars(with_both_cases(ranges) if self.flags.i else ranges), end)

    def read_literal(self) -> None:
        self.add_character(ord(self.text[self.place]), self.place + 1)

    def read_dot(self) -> None:
        ranges = EVERYTHING if self.flags.s else negated(NEWLINE)
        self.add(Chars(ranges, any_kind=True), self.place + 1)

    def read_start(self) -> None:
        self.add(At(Place.LINE_START if self.flags.m else Place.TEXT_START), self.place + 1)

    def read_end(self) -> None:
        self.add(At(Place.LINE_END if self.flags.m else Place.TEXT_END), self.place + 1)

    def read_brackets(self) -> None:
        ranges, end = read_brackets(self.text, self.place, fold=self.flags.i)
        self.add(Chars(ranges), end)

    def read_bar(self) -> None:
        self.groups[-1].end_option()
        self.place += 1

    def read_open(self) -> None:
        """group = "(" ("?:" | "?flags:" | "?<name>" | "?P<name>")? pattern ")", or "(?flags)" """
        if self.text.startswith("(?", self.place):
            self.read_special_group()
        else:
            self.open_group(self.flags, self.place + 1)

    def open_group(self, inside: Flags, end: int) -> None:
        if len(self.groups) > MAX_NESTING:
            raise refuse("expression nests too deeply", self.text)
        self.groups.append(Group(self.flags))
        self.flags, self.place = inside, end

    def read_special_group(self) -> None:
        if self.text.startswith(("(?P<", "(?<"), self.place):
            self.open_group(self.flags, end_of_name(self.text, self.place))
            return
        inside, end = read_flags(self.text, self.place, self.flags)
        if self.text[end - 1] == ":":
            self.open_group(inside, end)
        else:
            self.flags, self.place = inside, end

    def read_close(self) -> None:
        if len(self.groups) == 1:
            raise refuse("unexpected )", self.text)
        group = self.groups.pop()
        self.flags = group.outside
        self.add(group.closed(), self.place + 1)

    def read_star(self) -> None:
        self.repeat(0, None, self.place + 1)

    def read_plus(self) -> None:
        self.repeat(1, None, self.place + 1)

    def read_question(self) -> None:
        self.repeat(0, 1, self.place + 1)

    def read_count(self) -> None:
        """count = "{" number ("," number?)? "}"; a brace that begins nothing of the kind is a character"""
        found = COUNT.match(self.text, self.place)
        if not found:
            self.read_literal()
            return
        least = int(found[1])
        most = None if found[2] and not found[3] else int(found[3] or found[1])
        if least > MAX_REPEAT or (most is not None and not least <= most <= MAX_REPEAT):
            raise refuse("invalid repeat count", found[0])
        self.repeat(least, most, found.end())

    def repeat(self, least: int, most: int | None, end: int) -> None:
        """Repeats what was read last. Operators do not follow one another, but for the lazy one's "?"."""
        end += self.text.startswith("?", end)
        written = self.text[self.place : end]
        if self.last_repeat[1] == self.place:
            raise refuse("invalid nested repetition operator", self.text[self.last_repeat[0] : end])
        parts = self.groups[-1].parts
        if not parts:
            raise refuse("missing argument to repetition operator", written)
        repeated = Repeat(parts[-1], least, most)
        if not multiplies_within(repeated, MAX_REPEAT):
            raise refuse("invalid repeat count", written)
        parts[-1] = repeated
        self.last_repeat, self.place = (self.place, end), end

    def read_escape(self) -> None:
        letter = self.text[self.place + 1 : self.place + 2]
        if letter == "Q":
            self.read_quoted()
        elif letter in PLACES:
            self.add(At(PLACES[letter]), self.place + 2)
        elif found := find_class(self.text, self.place):
            self.add(Chars(found[0]), found[1])
        else:
            self.add_character(*read_character(self.text, self.place))

    def read_quoted(self) -> None:
        r"""quoted = "\Q" character* ("\E" | end)"""
        start = self.place + 2
        quoted, _, _ = self.text[start:].partition(r"\E")
        for character in quoted:
            self.add_character(ord(character), self.place)
        self.place = min(start + len(quoted) + 2, len(self.text))


READERS: Mapping[str, Callable[[_Parser], None]] = {
    "(": _Parser.read_open,
    ")": _Parser.read_close,
    "|": _Parser.read_bar,
    "[": _Parser.read_brackets,
    ".": _Parser.read_dot,
    "^": _Parser.read_start,
    "$": _Parser.read_end,
    "*": _Parser.read_star,
    "+": _Parser.read_plus,
    "?": _Parser.read_question,
    "{": _Parser.read_count,
    "\\": _Parser.read_escape,
}
