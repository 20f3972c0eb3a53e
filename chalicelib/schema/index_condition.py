"""The WHERE of a partial index: parsed once, then asked of records.

A subset of SQLite: comparisons of columns and literals, IS, IN, BETWEEN, AND, OR, NOT, parentheses.
Like SQLite's, a comparison with NULL is neither true nor false (None here).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from chalicelib.schema.index_values import SqlValue, align, to_sql
from chalicelib.schema.sql_tokens import END, BadSql, Token, read_tokens

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "==": eq,
    "!=": ne,
    "<>": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
CONSTANTS: Mapping[str, SqlValue] = {"NULL": None, "TRUE": 1, "FALSE": 0}
MAX_DEPTH = 20


@dataclass(frozen=True)
class Operand:
    """A column or a literal. In double quotes it is a literal when there is no such column, as in SQLite."""

    column: str = ""
    value: SqlValue = None
    may_be_text: bool = False

    def read(self, values: Mapping[str, Any]) -> SqlValue:
        """Its value in a record."""
        return to_sql(values.get(self.column)) if self.column else self.value

    def renamed(self, names: Mapping[str, str]) -> "Operand":
        """The same by a field's own name; `names` is by lower-case name."""
        if self.may_be_text and self.column.lower() not in names:
            return Operand(value=self.column)
        return replace(self, column=names.get(self.column.lower(), self.column))


@dataclass(frozen=True)
class Test:
    """A comparison, or parts joined by AND, OR, NOT."""

    operator: str
    operands: tuple[Operand, ...] = ()
    parts: tuple["Test", ...] = ()

    def ask(self, values: Mapping[str, Any]) -> bool | None:
        """True, false, or None where SQL says NULL."""
        if self.operator in ("AND", "OR"):
            return _join([part.ask(values) for part in self.parts], decided=self.operator == "OR")
        if self.operator == "NOT":
            inner = self.parts[0].ask(values)
            return None if inner is None else not inner
        left, *others = (operand.read(values) for operand in self.operands)
        if self.operator == "IS":
            return _same(left, others[0])
        if self.operator == "TRUE":
            return _is_true(left)
        if self.operator == "IN":
            return _join([_compare("=", left, other) for other in others], decided=True)
        return _compare(self.operator, left, others[0])

    def columns(self) -> Iterator[str]:
        """The names of the columns it reads."""
        yield from (operand.column for operand in self.operands if operand.column)
        for part in self.parts:
            yield from part.columns()

    def renamed(self, names: Mapping[str, str]) -> "Test":
        """The same with columns called otherwise; `names` is by lower-case name."""
        return replace(
            self,
            operands=tuple(operand.renamed(names) for operand in self.operands),
            parts=tuple(part.renamed(names) for part in self.parts),
        )


def _join(answers: list[bool | None], *, decided: bool) -> bool | None:
    if decided in answers:
        return decided
    return None if None in answers else not decided


def _same(left: SqlValue, right: SqlValue) -> bool:
    if left is None or right is None:
        return left is right
    return bool(_compare("=", left, right))


def _is_true(value: SqlValue) -> bool | None:
    return None if value is None else bool(_compare("!=", 0, value))


def _compare(operator: str, left: SqlValue, right: SqlValue) -> bool | None:
    if left is None or right is None:
        return None
    return COMPARISONS[operator](*align(left, right))


@lru_cache(maxsize=256)
def parse_condition(text: str) -> Test:
    """The condition of a WHERE text. Raises BadSql when it is more than this subset, or no SQL."""
    return _Parser(read_tokens(text)).parse()


class _Parser:
    """Recursive descent; each method's docstring is its grammar rule."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def parse(self) -> Test:
        """condition = either END"""
        found = self._either()
        if self._peek() is not END:
            raise BadSql(f'near "{self._peek().text}": syntax error')
        return found

    def _either(self) -> Test:
        """either = both (OR both)*"""
        return self._chain("OR", self._both)

    def _both(self) -> Test:
        """both = negation (AND negation)*"""
        return self._chain("AND", self._negation)

    def _chain(self, word: str, read: Callable[[], Test]) -> Test:
        parts = [read()]
        while self._take_word(word):
            parts.append(read())
        return parts[0] if len(parts) == 1 else Test(word, parts=tuple(parts))

    def _negation(self) -> Test:
        """negation = NOT negation | "(" either ")" | comparison"""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadSql("the condition is nested too deep")
        if self._take_word("NOT"):
            found = Test("NOT", parts=(self._negation(),))
        elif self._take_symbol("("):
            found = self._either()
            self._expect(")")
        else:
            found = self._comparison()
        self._depth -= 1
        return found

    def _comparison(self) -> Test:
        """comparison = operand [sign operand | IS [NOT] operand | [NOT] BETWEEN operand AND operand | [NOT] IN list]"""
        left = self._operand()
        sign = self._peek()
        if sign.is_symbol(*COMPARISONS):
            self._next()
            return Test(sign.text, (left, self._operand()))
        if self._take_word("IS"):
            negated = self._take_word("NOT")
            return _negated(Test("IS", (left, self._operand())), negated)
        negated = self._take_word("NOT")
        if self._take_word("IN"):
            return _negated(Test("IN", (left, *self._list())), negated)
        if self._take_word("BETWEEN"):
            return _negated(self._between(left), negated)
        if negated or self._peek().kind not in ("end", "word", "symbol"):
            raise BadSql(f'near "{self._peek().text}": syntax error')
        return Test("TRUE", (left,))

    def _between(self, left: Operand) -> Test:
        least = self._operand()
        if not self._take_word("AND"):
            raise BadSql("incomplete input")
        return Test("AND", parts=(Test(">=", (left, least)), Test("<=", (left, self._operand()))))

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
            raise BadSql("functions and qualified names are not supported")
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


def _negated(test: Test, negated: bool) -> Test:
    return Test("NOT", parts=(test,)) if negated else test
