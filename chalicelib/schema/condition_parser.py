"""The text of a partial index's WHERE becomes a condition.

A subset of SQLite: comparisons of columns and literals, IS, IN, BETWEEN, AND, OR, NOT, parentheses.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from chalicelib.schema.index_condition import COMPARISONS, Condition, Operand
from chalicelib.schema.index_values import SqlValue
from chalicelib.schema.sql_tokens import END, BadSql, Token, Unsupported, read_tokens

CONSTANTS: Mapping[str, SqlValue] = {"NULL": None, "TRUE": 1, "FALSE": 0}
ARITHMETIC = ("+", "-", "*", "/", "%", "||")
MAX_DEPTH = 20


@lru_cache(maxsize=256)
def parse_condition(text: str) -> Condition:
    """The condition of a WHERE text. Raises BadSql when it is more than this subset, or no SQL."""
    return _Parser(read_tokens(text)).parse()


class _Parser:
    """Recursive descent; each method's docstring is its grammar rule."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def parse(self) -> Condition:
        """condition = either END"""
        found = self._either()
        if self._peek() is not END:
            raise BadSql(f'near "{self._peek().text}": syntax error')
        return found

    def _either(self) -> Condition:
        """either = both (OR both)*"""
        return self._chain("OR", self._both)

    def _both(self) -> Condition:
        """both = negation (AND negation)*"""
        return self._chain("AND", self._negation)

    def _chain(self, word: str, read: Callable[[], Condition]) -> Condition:
        parts = [read()]
        while self._take_word(word):
            parts.append(read())
        return parts[0] if len(parts) == 1 else Condition(word, parts=tuple(parts))

    def _negation(self) -> Condition:
        """negation = NOT negation | "(" either ")" | comparison"""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unsupported("the condition of the index is nested too deep")
        if self._take_word("NOT"):
            found = Condition("NOT", parts=(self._negation(),))
        elif self._take_symbol("("):
            found = self._either()
            self._expect(")")
        else:
            found = self._comparison()
        self._depth -= 1
        return found

    def _comparison(self) -> Condition:
        """comparison = operand [sign operand | IS [NOT] operand | [NOT] BETWEEN pair | [NOT] IN list]"""
        left = self._operand()
        sign = self._peek()
        if sign.is_symbol(*COMPARISONS):
            self._next()
            return Condition(sign.text, (left, self._operand()))
        if self._take_word("IS"):
            negated = self._take_word("NOT")
            return _negated(Condition("IS", (left, self._operand())), negated)
        negated = self._take_word("NOT")
        if self._take_word("IN"):
            return _negated(Condition("IN", (left, *self._list())), negated)
        if self._take_word("BETWEEN"):
            return _negated(self._between(left), negated)
        if self._peek().is_word("LIKE", "GLOB", "REGEXP", "MATCH", "COLLATE") or self._peek().is_symbol(
            *ARITHMETIC
        ):
            raise Unsupported(f"{self._peek().text} is not supported in the condition of an index")
        if negated:
            raise BadSql(f'near "{self._peek().text}": syntax error')
        return Condition("TRUE", (left,))

    def _between(self, left: Operand) -> Condition:
        """pair = operand AND operand"""
        least = self._operand()
        if not self._take_word("AND"):
            raise BadSql("incomplete input")
        return Condition(
            "AND", parts=(Condition(">=", (left, least)), Condition("<=", (left, self._operand())))
        )

    def _list(self) -> Iterator[Operand]:
        self._expect("(")
        yield self._operand()
        while self._take_symbol(","):
            yield self._operand()
        self._expect(")")

    def _operand(self) -> Operand:
        """operand = column | string | ["-"] number | NULL | TRUE | FALSE"""
        minus = self._take_symbol("-")
        token = self._next()
        if token.kind == "number":
            number = float(token.text) * (-1 if minus else 1)
            return Operand(value=int(number) if number.is_integer() else number)
        if minus or token.kind not in ("word", "quoted", "string"):
            raise BadSql(f'near "{token.text}": syntax error' if token is not END else "incomplete input")
        if token.kind == "string":
            return Operand(value=token.text)
        if token.kind == "word" and token.text.upper() in CONSTANTS:
            return Operand(value=CONSTANTS[token.text.upper()])
        if self._peek().is_symbol("(", "."):
            raise Unsupported("functions and qualified names are not supported in the condition of an index")
        if not token.text:
            return Operand(value="")
        return Operand(column=token.text, may_be_text=token.quote == '"')

    def _peek(self) -> Token:
        return self._tokens[self._position] if self._position < len(self._tokens) else END

    def _next(self) -> Token:
        token = self._peek()
        self._position += 1
        return token

    def _take_word(self, word: str) -> bool:
        return self._take(self._peek().is_word(word))

    def _take_symbol(self, symbol: str) -> bool:
        return self._take(self._peek().is_symbol(symbol))

    def _take(self, wanted: bool) -> bool:
        self._position += wanted
        return wanted

    def _expect(self, symbol: str) -> None:
        if not self._take_symbol(symbol):
            raise BadSql(
                "incomplete input" if self._peek() is END else f'near "{self._peek().text}": syntax error'
            )


def _negated(test: Condition, negated: bool) -> Condition:
    return Condition("NOT", parts=(test,)) if negated else test
