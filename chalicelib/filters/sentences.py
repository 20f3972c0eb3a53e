"""A plan for somebody who wants to know what it does: as data, and in a sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.filters.access import Access, Bound, ByEdge, ById, BySlot, ByUnique, InInsertionOrder, Union
from chalicelib.filters.bound import ALWAYS
from chalicelib.filters.plan import Plan

BACKWARDS = ", backwards"


def access_as_data(access: Access) -> dict[str, Any]:
    """An access as JSON."""
    return {"kind": KINDS[type(access)], **_DATA[type(access)](access)}


def plan_as_sentence(plan: Plan) -> str:
    """What is read, what is tested and who sorts."""
    if plan.otherwise is None:
        return f"{_steps(plan)}."
    return f"{_steps(plan)}. If those are many: {_steps(plan.otherwise)}."


def _steps(plan: Plan) -> str:
    steps = [f"Read {access_as_words(plan.access)}"]
    if plan.rest != ALWAYS:
        steps.append("test the filter on each record")
    if plan.in_order:
        steps.append("stop when the page is full: they come in the order that is asked for")
    else:
        steps.append("sort all that match")
    return "; ".join(steps)


def access_as_words(access: Access) -> str:
    """What an access reads.

    >>> access_as_words(Union((ById(("a", "b")), InInsertionOrder(backwards=True))))
    '2 records by id, and all records, the newest first'
    """
    return _WORDS[type(access)](access)


def _slot_as_data(access: BySlot) -> dict[str, Any]:
    names = access.slot.column_names
    following = names[len(access.equal)] if len(access.equal) < len(names) else ""
    ends = {"low": _end(access.low), "high": _end(access.high), "beginsWith": access.prefix}
    given = {key: end for key, end in ends.items() if end is not None}
    return {
        "index": access.slot.index,
        "slot": access.slot.number,
        "columns": list(names),
        "equal": dict(zip(names, access.equal, strict=False)),
        "range": {"column": following, **given} if given else None,
        "backwards": access.backwards,
    }


def _end(bound: Bound | None) -> dict[str, Any] | None:
    return None if bound is None else {"value": bound.value, "inclusive": bound.inclusive}


def _slot_as_words(access: BySlot) -> str:
    names = access.slot.column_names
    known = [f"{name} is known" for name in names[: len(access.equal)]]
    if (access.low, access.high, access.prefix) != (None, None, None):
        known.append(f"{names[len(access.equal)]} is in a range")
    of = f"the index {access.slot.index}" if access.slot.index else f"the relation {names[0]}"
    which = f" where {' and '.join(known)}" if known else ""
    return f"what is in {of}{which}{BACKWARDS * access.backwards}"


KINDS: Mapping[type, str] = {
    ById: "id",
    ByUnique: "unique",
    BySlot: "slot",
    ByEdge: "edge",
    Union: "union",
    InInsertionOrder: "insertionOrder",
}
_DATA: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    ById: lambda access: {"ids": list(access.ids)},
    ByUnique: lambda access: {
        "index": access.index.name,
        "equal": dict(zip(access.index.column_names, access.values, strict=True)),
    },
    BySlot: _slot_as_data,
    ByEdge: lambda access: {
        "field": access.field.name,
        "value": access.value,
        "backwards": access.backwards,
    },
    Union: lambda access: {"parts": [access_as_data(part) for part in access.parts]},
    InInsertionOrder: lambda access: {"backwards": access.backwards},
}
_WORDS: Mapping[type, Callable[[Any], str]] = {
    ById: lambda access: f"{len(access.ids)} records by id",
    ByUnique: lambda access: f"the one record that the unique index {access.index.name} has",
    BySlot: _slot_as_words,
    ByEdge: lambda access: f"what has the value among its {access.field.name}{BACKWARDS * access.backwards}",
    Union: lambda access: ", and ".join(map(access_as_words, access.parts)),
    InInsertionOrder: lambda access: f"all records, the {'newest' if access.backwards else 'oldest'} first",
}
