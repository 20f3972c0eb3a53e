"""JSON objects to frozen dataclasses and back, as strict about types as PocketBase's own decoding."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

MAX_INTEGER = 2**63 - 1
EXACT = 2**53  # from here on a body's integers are floats

Shape = TypeVar("Shape")


class WrongShape(ValueError):
    """A JSON value of another type than the definition takes."""


def read_object(current: Shape, data: Any) -> Shape:
    """`current` with what `data` names replaced: objects are merged, lists replaced, unknown keys ignored."""
    if not isinstance(data, Mapping):
        raise WrongShape("an object is expected")
    shape: Any = type(current)
    changes = {
        name: _read(kind, getattr(current, name), data[key])
        for key, (name, kind) in _attributes(shape).items()
        if key in data
    }
    return replace(current, **changes) if changes else current  # type: ignore[type-var]


def write_object(shape: Any) -> dict[str, Any]:
    """All attributes by their JSON names, in the order of the definition."""
    return {key: _write(getattr(shape, name)) for key, (name, _) in _attributes(shape.__class__).items()}


def camel(name: str) -> str:
    """`auth_rule` as `authRule`."""
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


@cache
def _attributes(shape: Any) -> Mapping[str, tuple[str, Any]]:
    names: Mapping[str, str] = getattr(shape, "json_names", {})
    hints = get_type_hints(shape)
    return {names.get(f.name, camel(f.name)): (f.name, hints[f.name]) for f in fields(shape)}


def _read(kind: Any, current: Any, raw: Any) -> Any:
    if get_origin(kind) is UnionType and NoneType in get_args(kind):
        return None if raw is None else _read(get_args(kind)[0], current, raw)
    if get_origin(kind) is tuple:
        return _read_list(get_args(kind)[0], raw)
    if kind in READERS:
        return READERS[kind](raw)
    return kind() if raw is None else read_object(current, raw)


def _read_list(kind: Any, raw: Any) -> tuple[Any, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise WrongShape("a list is expected")
    return tuple(_read(kind, kind(), item) for item in raw)


def read_text(raw: Any) -> str:
    """A JSON string; null is the empty one."""
    if raw is not None and not isinstance(raw, str):
        raise WrongShape("a string is expected")
    return raw or ""


def read_rule(raw: Any) -> str | None:
    """A JSON string or null."""
    return None if raw is None else read_text(raw)


def read_flag(raw: Any) -> bool:
    """A JSON boolean; null is false."""
    if raw is not None and not isinstance(raw, bool):
        raise WrongShape("a boolean is expected")
    return bool(raw)


def read_integer(raw: Any) -> int:
    """A JSON number without a fraction that fits 64 bits; null is 0."""
    if raw is None:
        return 0
    whole = int(raw) if isinstance(raw, float) and abs(raw) >= EXACT else raw
    if isinstance(whole, bool) or not isinstance(whole, int) or abs(whole) > MAX_INTEGER:
        raise WrongShape("an integer is expected")
    return whole


def read_number(raw: Any) -> int | float:
    """A JSON number."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise WrongShape("a number is expected")
    return raw


def _read_mapping(raw: Any) -> Mapping[str, Any]:
    if raw is not None and not isinstance(raw, Mapping):
        raise WrongShape("an object is expected")
    return raw or {}


READERS: Mapping[Any, Callable[[Any], Any]] = {
    str: read_text,
    bool: read_flag,
    int: read_integer,
    float: read_number,
    Mapping[str, Any]: _read_mapping,
}


def _write(value: Any) -> Any:
    if is_dataclass(value):
        return write_object(value)
    if isinstance(value, tuple):
        return [_write(item) for item in value]
    return value
