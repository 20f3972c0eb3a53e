"""Classes in brackets: ``[a-z_]``, ``[^[:digit:]]``."""

import re

from chalicelib.schema.patterns.classes import POSIX, negated, to_ranges, with_both_cases
from chalicelib.schema.patterns.escapes import find_class, read_character, refuse
from chalicelib.schema.patterns.tree import Ranges

POSIX_NAME = re.compile(r"\[:(\^?)([^:\]]*):\]")


def read_brackets(text: str, start: int, *, fold: bool = False) -> tuple[Ranges, int]:
    """brackets = "[" "^"? item+ "]"; a "]" that comes first is an ordinary character."""
    is_negated = text[start + 1 : start + 2] == "^"
    place = start + 1 + is_negated
    spans: list[tuple[int, int]] = []
    while text[place : place + 1] != "]" or not spans:
        if place >= len(text):
            raise refuse("missing closing ]", text[start:])
        found, place = _read_item(text, place, start)
        spans += found
    ranges = with_both_cases(to_ranges(spans)) if fold else to_ranges(spans)
    return (negated(ranges) if is_negated else ranges), place + 1


def _read_item(text: str, place: int, start: int) -> tuple[Ranges, int]:
    """item = posix class | escaped class | character ("-" character)?"""
    posix = POSIX_NAME.match(text, place)
    if posix:
        return _posix_class(posix)
    escaped = find_class(text, place) if text[place] == "\\" else None
    return escaped or _read_span(text, place, start)


def _posix_class(found: re.Match[str]) -> tuple[Ranges, int]:
    ranges = POSIX.get(found[2])
    if ranges is None:
        raise refuse("invalid character class range", found[0])
    return (negated(ranges) if found[1] else ranges), found.end()


def _read_span(text: str, place: int, start: int) -> tuple[Ranges, int]:
    first, end = _read_bound(text, place, start)
    if text[end : end + 1] != "-" or text[end + 1 : end + 2] in ("]", ""):
        return ((first, first),), end
    last, end = _read_bound(text, end + 1, start)
    if last < first:
        raise refuse("invalid character class range", text[place:end])
    return ((first, last),), end


def _read_bound(text: str, place: int, start: int) -> tuple[int, int]:
    if place >= len(text):
        raise refuse("missing closing ]", text[start:])
    return read_character(text, place) if text[place] == "\\" else (ord(text[place]), place + 1)
