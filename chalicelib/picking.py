"""The ``?fields=`` parameter: which parts of an answer are wanted.

    fields   = field { "," field }
    field    = path [ ":" modifier ]            id    author.name    expand.author.*    *
    modifier = "excerpt(" length [ "," with ellipsis ] ")"

A path leads through objects, and through lists of objects as if they were one; `*` is every key of its
level that no other path names. In the answer of a list, paths start at the items.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from chalicelib.excerpt import shorten
from chalicelib.frozen import dataclass

Modifier: TypeAlias = Callable[[str], str] | None

PAGE_KEYS = {"items", "page", "perPage", "totalItems", "totalPages"}
MAX_LEVELS = 200  # no answer is deeper (bodies.MAX_DEPTH), so what follows in a path names nothing

QUOTES = frozenset("'\"`")
_EXCERPT = re.compile(r"\s*excerpt\s*\(\s*\+?(\d{1,18})(?:\.\d*)?\s*(?:,([^,)]*))?\)[^:]*")
_STEPS = {"(": 1, ")": -1}
_TRUE = {"1", "t", "T", "true", "TRUE", "True"}


class PickError(ValueError):
    """The parameter names a modifier that does not exist, or misuses one."""


@dataclass(frozen=True)
class Wanted:
    """What is wanted of one key: all of it, perhaps modified, or some of what is below it."""

    whole: bool
    modifier: Modifier
    below: Mapping[str, "Wanted"]


def pick(data: Any, fields: str) -> Any:
    """The data cut down to the wanted fields; all of it when none are named."""
    wanted = parse_fields(fields)
    if not wanted:
        return data
    if isinstance(data, Mapping) and data.keys() - {"cursor"} == PAGE_KEYS:
        return {**data, "items": _cut(data["items"], wanted)}
    return _cut(data, wanted)


@lru_cache(maxsize=128)
def parse_fields(fields: str) -> Mapping[str, Wanted]:
    """What is wanted, by key. Raises PickError."""
    named = (item.strip().partition(":") for item in _split(fields))
    return _grow(
        {_cut_path(path): _parse_modifier(colon, text) for path, colon, text in named if path or colon}
    )


def _split(fields: str) -> Iterator[str]:
    """The fields: commas between quotes or parentheses separate nothing."""
    start, depth, quote = 0, 0, ""
    for position, character in enumerate(fields):
        if quote or character in QUOTES:
            quote = _next_quote(quote, character, fields[position - 1 : position])
        elif character == "," and not depth:
            yield fields[start:position]
            start = position + 1
        else:
            depth = max(depth + _STEPS.get(character, 0), 0)
    if quote or depth:
        raise PickError("a quote or parenthesis is not closed")
    yield fields[start:]


def _next_quote(quote: str, character: str, before: str) -> str:
    """Which quote is open after this character."""
    if character not in QUOTES or before == "\\" or (quote and character != quote):
        return quote
    return "" if quote else character


def _cut_path(path: str) -> str:
    return ".".join(path.strip().split(".")[:MAX_LEVELS])


def _grow(paths: Mapping[str, Modifier]) -> Mapping[str, Wanted]:
    """Dotted paths as a tree."""
    rests: dict[str, dict[str, Modifier]] = {}
    for path, modifier in paths.items():
        key, _, rest = path.partition(".")
        rests.setdefault(key, {})[rest] = modifier
    return {key: Wanted("" in below, below.pop("", None), _grow(below)) for key, below in rests.items()}


def _parse_modifier(colon: str, text: str) -> Modifier:
    if not colon:
        return None
    found = _EXCERPT.fullmatch(text)
    if found is None or int(found[1]) == 0:
        raise PickError(f"invalid modifier {text}")
    length, with_ellipsis = int(found[1]), (found[2] or "").strip() in _TRUE
    return lambda value: shorten(value, length, with_ellipsis)


def _cut(data: Any, wanted: Mapping[str, Wanted]) -> Any:
    if isinstance(data, Mapping):
        everything = wanted.get("*", _NOTHING)
        rest = everything if everything.whole else _NOTHING
        chosen = ((key, value, wanted.get(key, rest)) for key, value in data.items())
        return {key: _cut_value(value, how) for key, value, how in chosen if how is not _NOTHING}
    if isinstance(data, Sequence) and not isinstance(data, str):
        return [_cut(item, wanted) for item in data]
    return data


def _cut_value(value: Any, how: Wanted) -> Any:
    if not how.whole:
        return _cut(value, how.below)
    return how.modifier(value) if how.modifier is not None and isinstance(value, str) else value


_NOTHING = Wanted(False, None, {})
