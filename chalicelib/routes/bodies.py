"""Request bodies: which content types there are, and JSON read as strictly as PocketBase reads it."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from chalicelib.errors import BadRequest, TooLarge, UnreadableBody
from chalicelib.routes.forms import FormError, read_multipart, read_urlencoded

MAX_BODY_BYTES = 32 * 1024 * 1024
# PocketBase goes on to 10 000 levels. No data has that many; what walks the values would run out of stack.
MAX_DEPTH = 200
EXACT = 2**53


class LazyBody(Mapping[str, Any]):
    """A body that is parsed when first looked at, which is when an unreadable one raises."""

    def __init__(self, raw: bytes, content_type: str) -> None:
        self._raw = raw
        self._content_type = content_type

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        return read_body(self._raw, self._content_type)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def read_body(raw: bytes, content_type: str) -> Mapping[str, Any]:
    """The values that a body holds. Raises UnreadableBody, TooLarge, or BadRequest for unknown types."""
    if len(raw) > MAX_BODY_BYTES:
        raise TooLarge()
    if not raw:
        return {}
    for prefix, read in READERS.items():
        if content_type.strip().startswith(prefix):
            return read(raw, content_type)
    raise BadRequest("Unsupported Content-Type.")


def read_json(text: str) -> Mapping[str, Any]:
    """The JSON object that a text begins with; what follows it is nobody's business."""
    try:
        values, _ = _DECODER.raw_decode(text.lstrip(" \t\r\n"))
        json.dumps(values, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise UnreadableBody() from error
    if values is None:
        return {}
    if not isinstance(values, dict) or is_deeper(values, MAX_DEPTH):
        raise UnreadableBody()
    return values


def is_deeper(value: Any, depth: int) -> bool:
    """Whether values are nested in more than `depth` levels."""
    level = [value]
    for _ in range(depth):
        level = [item for outer in level for item in _items_of(outer)]
        if not level:
            return False
    return True


def _items_of(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in inner if isinstance(item, dict | list)]


def _read_json_body(raw: bytes, content_type: str) -> Mapping[str, Any]:
    try:
        return read_json(raw.decode())
    except UnicodeDecodeError as error:
        if error.start and error.reason != "unexpected end of data":
            # Go's decoder stops at the end of the object, so bytes after it never mattered.
            return read_json(raw[: error.start].decode())
        raise UnreadableBody() from error


def _read_form_body(raw: bytes, content_type: str) -> Mapping[str, Any]:
    read = read_multipart if content_type.strip().startswith("multipart") else read_urlencoded
    try:
        values = read(raw, content_type)
    except FormError as error:
        raise UnreadableBody() from error
    payloads = values.pop("@jsonPayload", [])
    read_values: dict[str, Any] = {name: held if len(held) > 1 else held[0] for name, held in values.items()}
    for payload in payloads:
        if isinstance(payload, str):  # a file of that name is nothing
            read_values |= read_json(payload)
    return read_values


def _refuse_body(raw: bytes, content_type: str) -> Mapping[str, Any]:
    raise UnreadableBody()


def _read_int(text: str) -> int | float:
    return int(text) if len(text) < 16 else _read_float(text)


def _read_float(text: str) -> int | float:
    number = float(text)
    if number - number != 0:
        raise ValueError("no number is that large")
    return int(number) if number.is_integer() and abs(number) < EXACT else number


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _read_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key is given twice")
    return values


_DECODER = json.JSONDecoder(
    object_pairs_hook=_read_pairs,
    parse_int=_read_int,
    parse_float=_read_float,
    parse_constant=_refuse_constant,
)

READERS: dict[str, Callable[[bytes, str], Mapping[str, Any]]] = {
    "application/json": _read_json_body,
    "multipart/form-data": _read_form_body,
    "application/x-www-form-urlencoded": _read_form_body,
    "application/xml": _refuse_body,
    "text/xml": _refuse_body,
}
