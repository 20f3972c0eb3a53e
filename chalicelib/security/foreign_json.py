"""JSON of other servers, read strictly: what two readers could understand differently is refused."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

# No provider nests its users this deep; what comes back is part of an answer, which must be written again.
DEEPEST = 100


def read_foreign_json(raw: bytes) -> Any:
    """What the bytes say in UTF-8. Raises ValueError for all else.

    >>> read_foreign_json(b'{"sub": "1"}')
    {'sub': '1'}
    """
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_once_each)
    except RecursionError:
        raise ValueError("nested too deep") from None
    _require_flat(found)
    # Halves of characters and numbers without end can be read but not be written.
    json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    return found


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _require_flat(found: Any) -> None:
    level = [found]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _within(each)]
        if not level:
            return
    raise ValueError("nested too deep")


def _within(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else ()
