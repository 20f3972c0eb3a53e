"""Tokens to tree, by recursive descent: each function's docstring is its grammar rule."""

from functools import lru_cache

from chalicelib.filters.failures import FilterError
from chalicelib.filters.syntax import EVERYTHING, All, Any, Call, Comparison, Expression, Literal, Name, Operand
from chalicelib.filters.tokens import Token, Tokens, tokenize, unquote

MAX_CLIENT_LENGTH = 3500
MAX_CLIENT_EXPRESSIONS = 200
# Deeper than anybody writes, shallow enough never to exhaust Python's stack.
MAX_DEPTH = 64
WORDS = {"true": 1, "false": 0, "null": None}


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """filter = [ disjunction ] end"""
    if not text.strip():
        return EVERYTHING
    reader = _Reader(tokenize(text))
    tree = _read_disjunction(reader)
    reader.take("end")
    return tree


def parse_client_filter(text: str) -> Expression:
    """A filter sent by a client: `parse`, within the limits for clients."""
    if len(text) > MAX_CLIENT_LENGTH:
        raise FilterError(f"the filter is longer than {MAX_CLIENT_LENGTH} characters", MAX_CLIENT_LENGTH)
    tree = parse(text)
    if count_comparisons(tree) > MAX_CLIENT_EXPRESSIONS:
        raise FilterError(f"the filter has more than {MAX_CLIENT_EXPRESSIONS} expressions")
    return tree


def count_comparisons(tree: Expression) -> int:
    """How many comparisons a tree holds."""
    return 1 if isinstance(tree, Comparison) else sum(map(count_comparisons, tree.parts))


class _Reader:
    """The tokens, a place among them, and how deep the nesting is."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._place]

    def take(self, kind: str) -> Token:
        """The next token, which must be of this kind."""
        token = self.next
        if token.kind != kind:
            raise FilterError(f"expected {kind}, found {token.text or 'the end'}", token.position)
        self._place += 1
        return token

    def takes(self, kind: str, text: str) -> bool:
        """Whether the next token is this one; it is then taken."""
        found = self.next.kind == kind and self.next.text == text
        self._place += found
        return found

    def enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FilterError(f"nested more than {MAX_DEPTH} deep", self.next.position)

    def leave(self) -> None:
        self._depth -= 1


def _read_disjunction(reader: _Reader) -> Expression:
    """disjunction = conjunction { "||" conjunction }"""
    parts = [_read_conjunction(reader)]
    while reader.takes("join", "||"):
        parts.append(_read_conjunction(reader))
    return parts[0] if len(parts) == 1 else Any(tuple(parts))


def _read_conjunction(reader: _Reader) -> Expression:
    """conjunction = term { "&&" term }"""
    parts = [_read_term(reader)]
    while reader.takes("join", "&&"):
        parts.append(_read_term(reader))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _read_term(reader: _Reader) -> Expression:
    """term = "(" disjunction ")" | comparison"""
    if reader.next.kind != "open":
        return _read_comparison(reader)
    reader.take("open")
    reader.enter()
    inside = _read_disjunction(reader)
    reader.leave()
    reader.take("close")
    return inside


def _read_comparison(reader: _Reader) -> Expression:
    """comparison = operand operator operand"""
    left = _read_operand(reader)
    operator = reader.take("operator").text
    return Comparison(left, operator.removeprefix("?"), _read_operand(reader), operator.startswith("?"))


def _read_operand(reader: _Reader) -> Operand:
    """operand = number | text | name | call"""
    token = reader.next
    if token.kind == "number":
        return Literal(float(reader.take("number").text), position=token.position)
    if token.kind == "text":
        return Literal(unquote(reader.take("text").text), position=token.position)
    name = reader.take("name")
    if reader.next.kind == "open" and reader.next.position == name.end:
        return Call(name.text, _read_arguments(reader), name.position)
    if name.text.lower() in WORDS:
        return Literal(WORDS[name.text.lower()], True, name.position)
    return Name(name.text, name.position)


def _read_arguments(reader: _Reader) -> tuple[Operand, ...]:
    """call = name "(" [ operand { "," operand } ] ")" """
    reader.take("open")
    reader.enter()
    arguments = []
    while reader.next.kind != "close":
        arguments.append(_read_operand(reader))
        if not reader.takes("comma", ","):
            break
    reader.leave()
    reader.take("close")
    return tuple(arguments)
