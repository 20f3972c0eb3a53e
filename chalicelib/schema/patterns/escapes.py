"""What follows a backslash: single characters and classes of them."""

from chalicelib.schema.patterns.classes import LAST, PERL, find_unicode_class, negated
from chalicelib.schema.patterns.tree import PatternError, Ranges

CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
OCTAL = frozenset("01234567")
HEX = frozenset("0123456789abcdefABCDEF")


def refuse(problem: str, text: str) -> PatternError:
    """An error with the spot that it is about."""
    return PatternError(f"{problem}: `{text}`")


def read_character(text: str, start: int) -> tuple[int, int]:
    """The code point that the escape at `start` stands for, and where it ends."""
    if start + 1 >= len(text):
        raise refuse("trailing backslash at end of expression", "")
    letter = text[start + 1]
    if letter == "x":
        return _read_hex(text, start)
    if letter == "0" or (letter in OCTAL and text[start + 2 : start + 3] in OCTAL):
        return _read_octal(text, start + 1)
    if letter in CONTROLS:
        return CONTROLS[letter], start + 2
    if letter.isascii() and not letter.isalnum():
        return ord(letter), start + 2
    raise refuse("invalid escape sequence", text[start : start + 2])


def _read_octal(text: str, start: int) -> tuple[int, int]:
    end = start + 1
    while end < start + 3 and text[end : end + 1] in OCTAL:
        end += 1
    return int(text[start:end], 8), end


def _read_hex(text: str, start: int) -> tuple[int, int]:
    braced = text[start + 2 : start + 3] == "{"
    first = end = start + (3 if braced else 2)
    while text[end : end + 1] in HEX and (braced or end < first + 2):
        end += 1
        if int(text[first:end], 16) > LAST:
            raise refuse("invalid escape sequence", text[start:end])
    complete = end > first and text[end : end + 1] == "}" if braced else end == first + 2
    if not complete:
        raise refuse("invalid escape sequence", text[start : end + 1])
    return int(text[first:end], 16), end + braced


def find_class(text: str, start: int) -> tuple[Ranges, int] | None:
    r"""The class that the escape at `start` stands for (``\d``, ``\pL``, ...) and its end, if it is one."""
    letter = text[start + 1 : start + 2]
    if letter and letter in "pP":
        return _read_unicode_class(text, start)
    ranges = PERL.get(letter.lower())
    if ranges is None:
        return None
    return (ranges if letter.islower() else negated(ranges)), start + 2


def _read_unicode_class(text: str, start: int) -> tuple[Ranges, int]:
    end = start + 3
    if text[start + 2 : start + 3] == "{":
        end = text.find("}", start) + 1 or len(text) + 1
    name = text[start + 2 : end].strip("{}")
    ranges = find_unicode_class(name.removeprefix("^")) if name and end <= len(text) else None
    if ranges is None:
        raise refuse("invalid character class range", text[start:end])
    is_negated = (text[start + 1] == "P") != name.startswith("^")
    return (negated(ranges) if is_negated else ranges), end
