"""A plan in a few words, for logs and headers: ``gsi3(status=,-created)``."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.filters.access import Access, ByEdge, ById, BySlot, ByUnique, InInsertionOrder, Union
from chalicelib.filters.bound import ALWAYS
from chalicelib.filters.plan import Plan


def plan_in_words(plan: Plan) -> str:
    """How it reads, and what is left to do with what it finds."""
    words = [access_in_words(plan.access)]
    words += ["filtered"] if plan.rest != ALWAYS else []
    words += [] if plan.in_order else ["sorted"]
    return " ".join(words)


def access_in_words(access: Access) -> str:
    """An access alone.

    >>> access_in_words(Union((ById(("a", "b")), InInsertionOrder(backwards=True))))
    'union(2 ids, -rowid)'
    """
    return _WORDS[type(access)](access)


def _of_slot(access: BySlot) -> str:
    """The index, and its columns as far as they are used: ``a=`` equals, ``a~`` lies in a range."""
    has_range = (access.low, access.high, access.prefix) != (None, None, None)
    marks = ["="] * len(access.equal) + ["~"] * has_range
    names = [column.name for column in access.slot.columns]
    marks += [""] * (len(names) - len(marks))
    columns = ",".join(name + mark for name, mark in zip(names, marks, strict=False))
    return f"{'-' if access.backwards else ''}gsi{access.slot.number}({columns})"


def _direction(access: Any) -> str:
    return "-" if access.backwards else ""


_WORDS: Mapping[type, Callable[[Any], str]] = {
    ById: lambda access: f"{len(access.ids)} ids",
    ByUnique: lambda access: f"unique({access.index.name})",
    BySlot: _of_slot,
    ByEdge: lambda access: f"{_direction(access)}edge({access.field.name})",
    Union: lambda access: f"union({', '.join(map(access_in_words, access.parts))})",
    InInsertionOrder: lambda access: f"{_direction(access)}rowid",
}
