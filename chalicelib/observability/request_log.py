"""Facts about the request being served, gathered on the way and logged as one line at its end."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

_facts: ContextVar[dict[str, Any] | None] = ContextVar("request_facts", default=None)


def start_facts() -> None:
    """Forget the previous request's facts."""
    _facts.set({})


def note_facts(**facts: Any) -> None:
    """Add to what the request's log line will say. Outside a request: nothing happens."""
    gathered = _facts.get()
    if gathered is not None:
        gathered.update(facts)


def add_to_facts(**amounts: float) -> None:
    """Add to facts that are sums. Outside a request: nothing happens."""
    gathered = _facts.get()
    if gathered is not None:
        gathered.update({name: gathered.get(name, 0) + amount for name, amount in amounts.items()})


def gathered_facts() -> Mapping[str, Any]:
    """What was noted so far."""
    return dict(_facts.get() or {})
