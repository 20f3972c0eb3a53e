"""Frozen dataclasses that cost little to define.

The standard library compiles seven methods of each at every start, a fifth of what importing the application
took. Here one is compiled, `__init__`; comparing, hashing and showing are shared. That nothing is assigned
later is the type checker's business: to mypy this is the standard `dataclass`.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(kind=None, /, *, frozen=False, **options):
        """`dataclasses.dataclass`, with shared methods for frozen classes."""
        if not frozen:
            return dataclasses.dataclass(kind, **options)
        return lambda kind: dataclasses.dataclass(repr=False, eq=False, **options)(_share(kind))


def _share(kind: type) -> type:
    """The class with the shared methods that it has none of its own for."""
    for name, method in SHARED.items():
        if name not in kind.__dict__:
            setattr(kind, name, method)
    return kind


_readers: dict[type, Callable[[Any], Any]] = {}


def _contents(value: Any) -> Any:
    """What two of a kind are compared by."""
    kind = type(value)
    reader = _readers.get(kind)
    if reader is None:
        names = [field.name for field in dataclasses.fields(kind) if field.compare]
        reader = _readers[kind] = attrgetter(*names) if names else type
    return reader(value)


def _equals(one: Any, other: object) -> bool:
    return _contents(one) == _contents(other) if type(one) is type(other) else NotImplemented


def _hash(value: Any) -> int:
    return hash(_contents(value))


def _show(value: Any) -> str:
    shown = (f"{each.name}={getattr(value, each.name)!r}" for each in dataclasses.fields(value) if each.repr)
    return f"{type(value).__qualname__}({', '.join(shown)})"


SHARED: dict[str, Callable[..., Any]] = {"__eq__": _equals, "__hash__": _hash, "__repr__": _show}
