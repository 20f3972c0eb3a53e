"""The words of an index's SQL text."""

import re

from chalicelib.frozen import dataclass

PATTERN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\])
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<word>[A-Za-z_\u0080-\U0010ffff][\w$]*)
    | (?P<symbol><=|>=|<>|!=|==|\|\||[-+*/%=<>(),.])
    )\s*""",
    re.VERBOSE,
)


class BadSql(ValueError):
    """SQL text that is not, or not of the kind, that can be understood."""


class Unsupported(BadSql):
    """SQL that is right, and beyond what can be carried out here."""


@dataclass(frozen=True)
class Token:
    """One word: its kind, what it says (unquoted) and where it starts and ends."""

    kind: str
    text: str
    start: int = 0
    end: int = 0
    quote: str = ""

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these unquoted key words (given in upper case)."""
        return self.kind == "word" and self.text.upper() in words

    def is_symbol(self, *symbols: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "symbol" and self.text in symbols


END = Token("end", "")


def read_tokens(text: str) -> list[Token]:
    """All words of a text. Raises BadSql where there is something else."""
    tokens = []
    position = 0
    while position < len(text):
        found = PATTERN.match(text, position)
        if not found:
            if not text[position:].strip():
                break
            raise BadSql(f'unrecognized token: "{text[position:].strip()[:40]}"')
        kind = found.lastgroup or ""
        text_of, quote = _unquote(kind, found[kind])
        tokens.append(Token(kind, text_of, found.start(kind), found.end(kind), quote))
        position = found.end()
    return tokens


def _unquote(kind: str, text: str) -> tuple[str, str]:
    if kind not in ("string", "quoted"):
        return text, ""
    closing = text[-1]
    return text[1:-1].replace(closing * 2, closing), closing
