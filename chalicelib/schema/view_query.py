"""What a view's query names: its columns and tables, read off the text as PocketBase reads them.

Not SQL's grammar: words at the top level, outside of quotes and parentheses, tell where columns and tables
are. What is selected in ways that this does not understand is refused, or gets a field that takes anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from chalicelib.frozen import dataclass

QUOTES = {"'": "'", '"': '"', "`": "`", "[": "]"}
COMMENTS = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
JOIN_WORDS = frozenset({"full", "left", "right", "cross", "inner", "outer", "natural"})
AFTER_TABLES = frozenset({"where", "group", "having", "order", "limit", "with"})
WILDCARD = (
    "wildcard columns (*) are not supported"
    " - manually type the collection field names you want the view query to have"
)
MANY_STATEMENTS = "multiple statements are not supported"


class BadQuery(ValueError):
    """A query that no view can be made of."""


@dataclass(frozen=True)
class Named:
    """A column or a table: what is written, and what it is called."""

    original: str
    alias: str


@dataclass(frozen=True)
class Query:
    """What a query selects, and from where, the first table the main one."""

    columns: tuple[Named, ...]
    tables: tuple[Named, ...]


@dataclass
class _Parts:
    """The words between SELECT, FROM and the joins."""

    columns: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    current: list[str] | None = None
    in_join: bool = False
    is_skipping: bool = False


def parse_query(text: str) -> Query:
    """The columns and tables of a view's query. Raises BadQuery."""
    bare = text.strip().strip(";")
    if ";" in split_outside(bare, ";"):
        raise BadQuery(MANY_STATEMENTS)
    parts = _Parts()
    for word in split_outside(_without_comments(bare), ", \n\t\r"):
        _take(parts, word)
    columns = tuple(_read_named("".join(parts.columns)))
    if any(each.original == "*" or each.original.endswith(".*") for each in columns):
        raise BadQuery(WILDCARD)
    return Query(columns, tuple(_read_named("".join(parts.tables))))


def split_outside(text: str, separators: str) -> Iterator[str]:
    """The pieces between separators, and these; what is in quotes or parentheses is not split.

    >>> list(split_outside("a, f(b, 'c)') d", ", "))
    ['a', ',', ' ', "f(b, 'c)')", ' ', 'd']
    """
    start = position = depth = 0
    while position < len(text):
        letter = text[position]
        if letter in QUOTES:
            position = _end_of_quote(text, position)
            continue
        depth += (letter == "(") - (letter == ")" and depth > 0)
        if not depth and letter in separators:
            yield from (piece for piece in (text[start:position], letter) if piece)
            start = position + 1
        position += 1
    if text[start:]:
        yield text[start:]


def unquoted(name: str) -> str:
    """A name without its quotes.

    >>> unquoted('`p`."title"'), unquoted("[id]"), unquoted("'a b'")
    ('p.title', 'id', 'a b')
    """
    return ".".join(part.strip("`\"[]';") for part in name.split("."))


def _end_of_quote(text: str, start: int) -> int:
    end = text.find(QUOTES[text[start]], start + 1)
    return len(text) if end < 0 else end + 1


def _without_comments(text: str) -> str:
    return COMMENTS.sub(" ", text)


def _take(parts: _Parts, word: str) -> None:
    lowered = word.strip().lower()
    if lowered == "select":
        parts.current, parts.in_join, parts.is_skipping = parts.columns, False, False
    elif lowered == "from":
        parts.current, parts.in_join, parts.is_skipping = parts.tables, False, False
    elif lowered == "join" or (lowered in JOIN_WORDS and parts.current is parts.tables):
        parts.tables.append(",")
        parts.in_join, parts.is_skipping = True, False
    elif lowered in AFTER_TABLES or (lowered in {"on", "using"} and parts.in_join):
        parts.is_skipping = True
    elif lowered != "distinct" and parts.current is not None and not parts.is_skipping:
        parts.current.append(word)


def _read_named(text: str) -> Iterator[Named]:
    pieces = (piece for piece in split_outside(text, ",") if piece != ",")
    listed = ([word for word in split_outside(piece, " \n\t\r") if word.strip()] for piece in pieces)
    return (_name_of(words) for words in listed if words)


def _name_of(words: Sequence[str]) -> Named:
    if len(words) > 3:
        raise BadQuery(f"invalid identifier parts [{' '.join(words)}]")
    if len(words) == 3 and words[1].lower() != "as":
        raise BadQuery(f'invalid identifier part - expected "as", got {words[1]}')
    original = unquoted(words[0]) if words[0][:1] != "'" else words[0]
    alias = unquoted(words[-1]) if len(words) > 1 else original.rpartition(".")[2]
    return Named(original, alias)
