"""SQLite's functions that take the product of two lengths of time, in ways that do not.

SQLite looks at the clock between the steps of its machine, and one call of a function is one step: on a
megabyte of text its own `instr` and `trim` could run for minutes, as `printf` could for a width.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from chalicelib.schema.sqlite_values import Stored

if TYPE_CHECKING:
    import sqlite3

# In characters; what is longer is an error, as a value that is too long is.
LONGEST_VALUE = 1 << 20
LONGEST_SET = 100
_DIRECTIVE = re.compile(r"%([-+ #!,.*l0-9]*)(.?)", re.DOTALL)
_WIDTH = re.compile(r"\*|[0-9]+")
_NUMBER = re.compile(r"[ \t\n\v\f\r]*[-+]?0*([0-9]*)")
_MOST_DIGITS = len(str(LONGEST_VALUE)) + 1
Strip: TypeAlias = Callable[[str, str | None], str]


def add_functions(connection: "sqlite3.Connection", plain: "sqlite3.Connection") -> None:
    """Put them in the place of SQLite's, which another connection still has."""
    for name in ("format", "printf"):
        connection.create_function(name, -1, _formatting(plain), deterministic=True)
    connection.create_function("instr", 2, find_place, deterministic=True)
    connection.create_function("replace", 3, replace_all, deterministic=True)
    for name, strip in (("trim", str.strip), ("ltrim", str.lstrip), ("rtrim", str.rstrip)):
        for count in (1, 2):
            connection.create_function(name, count, _stripping(strip), deterministic=True)


def find_place(value: Stored, sought: Stored) -> int | None:
    """Where a text, or bytes in bytes, begins in another, from 1; 0: nowhere.

    >>> find_place("abc", "c"), find_place(12.5, "."), find_place(b"ab", b"b"), find_place("a", None)
    (3, 3, 2, None)
    """
    if value is None or sought is None:
        return None
    if isinstance(value, bytes) and isinstance(sought, bytes):
        return value.find(sought) + 1
    return _text(value).find(_text(sought)) + 1


def replace_all(value: Stored, old: Stored, new: Stored) -> str | None:
    """A text with another in the place of each of a third. Raises OverflowError.

    >>> replace_all("a-b", "-", 1), replace_all("ab", "", "x"), replace_all("a", "b", None)
    ('a1b', 'ab', None)
    """
    if value is None or old is None or new is None:
        return None
    text, sought, wanted = _text(value), _text(old), _text(new)
    if not sought:
        return text
    if len(text) + text.count(sought) * (len(wanted) - len(sought)) > LONGEST_VALUE:
        raise OverflowError
    return text.replace(sought, wanted)


def _stripping(strip: Strip) -> Callable[..., str | None]:
    def stripped(value: Stored, letters: Stored = " ") -> str | None:
        if value is None or letters is None:
            return None
        unwanted = _text(letters)
        if len(unwanted) > LONGEST_SET:
            raise OverflowError
        return strip(_text(value), unwanted) if unwanted else _text(value)

    return stripped


def is_too_wide(template: str, values: Sequence[Stored]) -> bool:
    """Whether a format asks for more characters than a value may have, by itself or by what a ``*`` takes.

    >>> is_too_wide("%5d", [1]), is_too_wide("%.20000000c", ["x"]), is_too_wide("%d%%%*d", [7, 20000000, 1])
    (False, True, True)
    """
    place = 0
    for directive in _DIRECTIVE.finditer(template):
        for width in _WIDTH.findall(directive[1]):
            wanted = width if width != "*" else values[place] if place < len(values) else 0
            place += width == "*"
            digits = _NUMBER.match(f"{wanted:.0f}" if isinstance(wanted, float) else _text(wanted))
            if digits and int(digits[1][:_MOST_DIGITS] or 0) > LONGEST_VALUE:
                return True
        place += directive[2] not in "%n"
    return False


def _formatting(plain: "sqlite3.Connection") -> Callable[..., Stored]:
    def formatted(template: Stored = None, *values: Stored) -> Stored:
        if template is None:
            return None
        if is_too_wide(_text(template), values):
            raise OverflowError
        try:
            marks = ", ?" * len(values)
            found: Stored = plain.execute(f"SELECT printf(?{marks})", (template, *values)).fetchone()[0]
        except plain.Error as error:
            raise OverflowError from error
        return found

    return formatted


def _text(value: Any) -> str:
    """A value as SQLite makes it text.

    >>> [_text(each) for each in (1, 2.0, 1e20, 0.1, b"a")]
    ['1', '2.0', '1.0e+20', '0.1', 'a']
    """
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if not isinstance(value, float):
        return str(value)
    written = re.fullmatch(r"(-?[0-9]+)(e.*)?", f"{value:.15g}")
    return f"{written[1]}.0{written[2] or ''}" if written else f"{value:.15g}"
