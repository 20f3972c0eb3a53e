"""Tokens to tree, by recursive descent: each function's docstring is its grammar rule."""

from functools import lru_cache
from math import isfinite

from chalicelib.filters.failures import FilterError
from chalicelib.filters.syntax import (
    EVERYTHING,
    All,
    Any,
    Call,
    Comparison,
    Expression,
    Literal,
    Name,
    Operand,
)
from chalicelib.filters.tokens import Token, quote, read_token

MAX_CLIENT_BYTES = 3500
MAX_COMPARISONS = 200
# Deeper than anybody writes, shallow enough never to exhaust Python's stack.
MAX_DEPTH = 100
WORDS = {"true": 1, "false": 0, "null": None}
LEFT = "expected left operand (identifier, function, text or number)"
RIGHT = "expected right operand (identifier, function text or number)"


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """filter = [ expression ]"""
    if not text:
        return EVERYTHING
    tree = _read_expression(_Reader(text, 0, 0))
    if count_comparisons(tree) > MAX_COMPARISONS:
        raise FilterError("max filter expressions limit reached")
    return tree


def parse_client_filter(text: str) -> Expression:
    """A filter sent by a client: `parse`, within the limit for clients."""
    if len(text.encode(errors="surrogatepass")) > MAX_CLIENT_BYTES:
        raise FilterError(f"the filter is longer than {MAX_CLIENT_BYTES} bytes")
    return parse(text)


def count_comparisons(tree: Expression) -> int:
    """How many comparisons a tree holds."""
    return 1 if isinstance(tree, Comparison) else sum(map(count_comparisons, tree.parts))


class _Reader:
    """A text, the token that comes next in it, where the text stands and how deep in brackets."""

    def __init__(self, text: str, offset: int, depth: int) -> None:
        self.depth = depth
        self._text = text
        self._offset = offset
        self.next = self._read(0)

    def take(self) -> Token:
        """The next token; the one after it is then the next."""
        token = self.next
        self.next = self._read(token.end)
        return token

    def position_of(self, token: Token) -> int:
        """Where a token stands in the whole text."""
        return self._offset + token.position

    def refuse(self, expected: str) -> FilterError:
        """What to say when the next token is not what must come."""
        if self.next.kind == "end":
            return FilterError("invalid or incomplete filter expression", self.position_of(self.next))
        found = f"{expected}, got {quote(self.next.text)} ({self.next.kind})"
        return FilterError(found, self.position_of(self.next))

    def _read(self, position: int) -> Token:
        try:
            return read_token(self._text, position)
        except FilterError as error:
            raise FilterError(error.message, self._offset + error.position) from error


def _read_expression(reader: _Reader) -> Expression:
    """expression = term { ( "&&" | "||" ) term } ; "&&" binds tighter"""
    if reader.next.kind == "end":
        raise FilterError("empty filter expression", reader.position_of(reader.next))
    alternatives: list[list[Expression]] = [[_read_term(reader)]]
    while reader.next.kind == "join":
        if reader.take().text == "||":
            alternatives.append([])
        alternatives[-1].append(_read_term(reader))
    if reader.next.kind != "end":
        raise reader.refuse("expected && or ||")
    parts = tuple(terms[0] if len(terms) == 1 else All(tuple(terms)) for terms in alternatives)
    return parts[0] if len(parts) == 1 else Any(parts)


def _read_term(reader: _Reader) -> Expression:
    """term = "(" expression ")" | operand sign operand"""
    if reader.next.kind == "group":
        return _read_group(reader)
    left = _read_operand(reader, LEFT)
    if reader.next.kind != "sign":
        raise reader.refuse("expected a sign operator")
    sign = reader.take().text
    return Comparison(left, sign.removeprefix("?"), _read_operand(reader, RIGHT), sign.startswith("?"))


def _read_group(reader: _Reader) -> Expression:
    """ "(" expression ")" """
    group = reader.take()
    if reader.depth >= MAX_DEPTH:
        raise FilterError(f"nested more than {MAX_DEPTH} deep", reader.position_of(group))
    return _read_expression(_Reader(group.text, reader.position_of(group) + 1, reader.depth + 1))


def _read_operand(reader: _Reader, expected: str) -> Operand:
    """operand = number | text | identifier | function"""
    if reader.next.kind not in ("number", "text", "identifier", "function"):
        raise reader.refuse(expected)
    token = reader.take()
    return _make_operand(token, reader.position_of(token) - token.position)


def _make_operand(token: Token, offset: int) -> Operand:
    """function = identifier "(" [ operand { "," operand } [ "," ] ] ")" """
    position = offset + token.position
    if token.kind == "text":
        return Literal(token.text, position=position)
    if token.kind == "number":
        number = float(token.text)
        return Literal(number if isfinite(number) else 0.0, position=position)
    if token.kind == "function":
        return Call(token.text, tuple(_make_operand(each, offset) for each in token.arguments), position)
    if token.text.lower() in WORDS:
        return Literal(WORDS[token.text.lower()], True, position)
    return Name(token.text, position)
