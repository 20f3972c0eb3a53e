"""Groups, and the flags that hold within them."""

import re
from dataclasses import field, replace

from chalicelib.frozen import dataclass
from chalicelib.schema.patterns.escapes import refuse
from chalicelib.schema.patterns.tree import Choice, Node, Sequence

NAMED = re.compile(r"\(\?P?<[A-Za-z0-9_]+>", re.ASCII)
FLAGGED = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?[:)]")
FLAGGED_SO_FAR = re.compile(r"\(\?[imsU]*-?[imsU]*")


@dataclass(frozen=True, slots=True)
class Flags:
    """What ``(?ims)`` and the like switch. U, which swaps greedy and lazy, has nothing to do."""

    i: bool = False
    m: bool = False
    s: bool = False
    U: bool = False


@dataclass(slots=True)
class Group:
    """A group that is open: its finished options, the parts of the one being read, and the flags outside."""

    outside: Flags
    options: list[Node] = field(default_factory=list)
    parts: list[Node] = field(default_factory=list)

    def end_option(self) -> None:
        self.options.append(self.parts[0] if len(self.parts) == 1 else Sequence(tuple(self.parts)))
        self.parts = []

    def closed(self) -> Node:
        self.end_option()
        return self.options[0] if len(self.options) == 1 else Choice(tuple(self.options))


def read_flags(text: str, start: int, flags: Flags) -> tuple[Flags, int]:
    """The flags after ``(?i-s:`` or ``(?i-s)``, and where that ends."""
    found = FLAGGED.match(text, start)
    if not found:
        understood = FLAGGED_SO_FAR.match(text, start)
        end = understood.end() + 1 if understood else None
        raise refuse("invalid or unsupported Perl syntax", text[start:end])
    switched = {**dict.fromkeys(found[1], True), **dict.fromkeys(found[2] or "", False)}
    return replace(flags, **switched), found.end()


def end_of_name(text: str, start: int) -> int:
    """Where ``(?P<name>`` or ``(?<name>`` ends. The name itself is of no use here."""
    found = NAMED.match(text, start)
    if not found:
        end = text.find(">", start) + 1 or len(text)
        raise refuse("invalid named capture", text[start:end])
    return found.end()
