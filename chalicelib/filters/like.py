r"""SQL's LIKE: ``%`` is any text, ``_`` one character, ``\`` escapes, ASCII letters match in any case.

A pattern is cut at its ``%`` into segments of fixed length, which are looked for one after the other from
the left: time grows with text times pattern, whatever a client writes.
"""

import re
from functools import lru_cache

from chalicelib.frozen import dataclass
from chalicelib.schema.nocase import fold_nocase

_PART = re.compile(r"\\(.?)|([%_])|([^\\%_]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Pattern:
    first: re.Pattern[str]
    middle: tuple[re.Pattern[str], ...]
    last: re.Pattern[str] | None  # None: there is no %, `first` is all
    last_length: int


def is_like(text: str, pattern: str) -> bool:
    """Whether the text matches the pattern."""
    compiled = _compile(pattern)
    text = fold_nocase(text)
    if compiled.last is None:
        return compiled.first.fullmatch(text) is not None
    found = compiled.first.match(text)
    for segment in compiled.middle:
        if found is None:
            return False
        found = segment.search(text, found.end())
    start = len(text) - compiled.last_length
    return found is not None and start >= found.end() and compiled.last.match(text, start) is not None


def contains_pattern(operand: str) -> str:
    r"""The LIKE pattern of a ``~`` operand: as written if it has a wildcard, else "contains this text".

    >>> contains_pattern("a%"), contains_pattern("50_"), contains_pattern(r"50\%")
    ('a%', '%50\\_%', '%50\\%%')
    """
    if re.search(r"(?<!\\)(?:\\\\)*%", operand):
        return operand
    return f"%{_escape(operand)}%"


def literal_start(pattern: str) -> tuple[str, bool]:
    r"""What every match begins with, in any case of its letters; and whether the pattern asks no more.

    >>> literal_start("abc%"), literal_start("a_c%"), literal_start(r"50\%%d"), literal_start("abc")
    (('abc', True), ('a', False), ('50%', False), ('abc', False))
    """
    start = ""
    for found in _PART.finditer(pattern):
        escaped, wildcard, plain = found.groups(default="")
        if wildcard:
            return start, found.group() == "%" and found.end() == len(pattern)
        start += escaped + plain
    return start, False


def _escape(operand: str) -> str:
    """Wildcards and backslashes escaped unless they are already, seen from the end."""
    pieces = []
    place = len(operand) - 1
    while place >= 0:
        pieces.append(operand[place])
        if operand[place] in "\\%_":
            pieces.append("\\")
            place -= operand[max(place - 1, 0)] == "\\" and place > 0
        place -= 1
    return "".join(reversed(pieces))


@lru_cache(maxsize=256)
def _compile(pattern: str) -> _Pattern:
    segments = [""]
    lengths = [0]
    for escaped, wildcard, plain in _PART.findall(fold_nocase(pattern)):
        if wildcard == "%":
            segments.append("")
            lengths.append(0)
        else:
            segments[-1] += "." if wildcard else re.escape(escaped + plain)
            lengths[-1] += len(escaped + wildcard + plain)
    first, *middle = (re.compile(segment, re.DOTALL) for segment in segments)
    last = middle.pop() if middle else None
    return _Pattern(first, tuple(middle), last, lengths[-1])
