"""Which stretch of the log a question is about: what is kept, and what a filter leaves of it. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from chalicelib.filters import NEVER, Node
from chalicelib.filters.bound import And, Column, Condition, Constant, Operand
from chalicelib.ids import RECORD_ID_LENGTH
from chalicelib.storage.request_logs import Span, first_id

# An id that comes not after what a value allows from below, and one not before what it allows from above.
Ends: TypeAlias = tuple[str, str]

_SMALLEST = "0001-01-01 00:00:00.000Z"
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
# A year that is cut, and half a month or day, cannot be completed by what is smallest elsewhere.
_HALVES = frozenset({0, 1, 2, 3, 6, 9})
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
FROM_BELOW, FROM_ABOVE = frozenset({">", ">=", "="}), frozenset({"<", "<=", "="})


def narrow(kept: Span, where: Node) -> Span:
    """The part of what is kept that can match: what a filter's conjunction says of `created` and `id`."""
    if where == NEVER:
        return Span(kept.low, kept.low)
    low, end = kept.low, kept.end
    for operator, (from_below, from_above) in _ends_in(where):
        low = max(low, from_below) if operator in FROM_BELOW else low
        end = min(end, from_above) if operator in FROM_ABOVE else end
    return Span(low, max(low, end))


def _ends_in(where: Node) -> Iterator[tuple[str, Ends]]:
    for part in where.parts if isinstance(where, And) else (where,):
        if isinstance(part, Condition):
            for name, operator, value in _said(part.left, part.operator, part.right):
                ends = ENDS[name](value) if name in ENDS else None
                if ends is not None:
                    yield operator, ends


def _said(left: Operand, operator: str, right: Operand) -> Iterator[tuple[str, str, str]]:
    """What a comparison says of a column: its name, an operator and a text."""
    if isinstance(left, Constant) and operator in MIRRORED:
        left, operator, right = right, MIRRORED[operator], left
    if isinstance(left, Column) and isinstance(right, Constant) and isinstance(right.value, str):
        yield left.field.name, operator, right.value


def _ends_of_moment(text: str) -> Ends | None:
    moment = milliseconds_of(text)
    return None if moment is None else (first_id(moment), first_id(moment + 1))


def _ends_of_id(text: str) -> Ends | None:
    cut = text[:RECORD_ID_LENGTH]
    return (cut, cut) if text.isascii() else None


ENDS: Mapping[str, Callable[[str], Ends | None]] = {"created": _ends_of_moment, "id": _ends_of_id}


def milliseconds_of(text: str) -> int | None:
    """The first moment whose text is not before this one, which may be the beginning of a text.

    >>> milliseconds_of("1970-01-01 00:00:01.5"), milliseconds_of("1970-01-02"), milliseconds_of("soon")
    (1500, 86400000, None)
    """
    whole = text + _SMALLEST[len(text) :]
    if len(text) in _HALVES or not _WRITTEN.fullmatch(whole):
        return None
    try:
        moment = datetime.strptime(whole, "%Y-%m-%d %H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return round(moment.timestamp() * 1000)
