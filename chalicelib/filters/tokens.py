"""Text to tokens."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from chalicelib.filters.failures import FilterError

# Tried in this order at each position. Letters and digits are ASCII, as in PocketBase.
PATTERNS = {
    "space": r"[ \t\n]+",
    "comment": r"//[^\n]*",
    "number": r"-?[0-9]+(?:\.[0-9]+)?",
    "text": r"""'(?:\\'|[^'])*'|"(?:\\"|[^"])*\"""",
    "name": r"[@#_]?[A-Za-z0-9_.:]*[A-Za-z0-9_]",
    "operator": r"\??(?:!=|!~|>=|<=|=|~|>|<)",
    "join": r"&&|\|\|",
    "open": r"\(",
    "close": r"\)",
    "comma": r",",
}
SKIPPED = frozenset({"space", "comment"})
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in PATTERNS.items()))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression: its kind (a key of PATTERNS, or "end"), its text and where it starts."""

    kind: str
    text: str
    position: int

    @property
    def end(self) -> int:
        """The position after the token."""
        return self.position + len(self.text)


Tokens: TypeAlias = tuple[Token, ...]


def tokenize(text: str) -> Tokens:
    """The tokens of an expression, the last one of kind "end"."""
    tokens = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise FilterError(f"unexpected {text[position]!r}", position)
        if found.lastgroup not in SKIPPED:
            tokens.append(Token(found.lastgroup, found.group(), position))
        position = found.end()
    return (*tokens, Token("end", "", len(text)))


def unquote(quoted: str) -> str:
    """The text between quotes; a backslash only escapes the surrounding quote.

    >>> unquote(r"'it\\'s'")
    "it's"
    """
    quote = quoted[0]
    return quoted[1:-1].replace("\\" + quote, quote)
