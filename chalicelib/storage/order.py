"""Values as text that sorts as the values do: what index keys are made of.

SQLite's order is kept: nothing, then numbers (booleans are 0 and 1), then text by code point, with
``NOCASE`` folding A to Z only. Lists and objects sort as their JSON. Columns are joined so that the whole
sorts column by column: each ends with U+0000, which therefore is escaped within a value (as is the escape,
U+0001).
"""

import json
import math
import struct
from collections.abc import Iterable
from typing import Any

from chalicelib.schema.nocase import fold_nocase

_END = "\x00"
_ESCAPES = str.maketrans({"\x00": "\x01\x01", "\x01": "\x01\x02"})
_SIGN = 1 << 63
_ALL = (1 << 64) - 1


def sort_text(value: Any, *, nocase: bool = False) -> str:
    """One value as text that sorts.

    >>> sort_text(None) < sort_text(-1.5) < sort_text(False) < sort_text(1) < sort_text("") < sort_text("a")
    True
    """
    if value is None:
        return "0"
    if isinstance(value, int | float):
        return "1" + number_text(value)
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return "2" + (fold_nocase(text) if nocase else str(text)).translate(_ESCAPES)


def number_text(number: float) -> str:
    """A number as 16 hexadecimal digits that sort.

    A double's bits sort as unsigned integers once the sign is flipped, and all of them when it is negative.

    >>> number_text(1)
    'bff0000000000000'
    >>> number_text(-1) < number_text(-1e-9) < number_text(0) < number_text(1e300)
    True
    """
    (bits,) = struct.unpack(">Q", struct.pack(">d", _as_double(number)))
    return f"{bits ^ (_ALL if bits & _SIGN else _SIGN):016x}"


def sort_key(texts: Iterable[str]) -> str:
    r"""Several columns' texts as one that sorts column by column.

    >>> sort_key(["2a", "2b"])
    '2a\x002b\x00'
    """
    return "".join(text + _END for text in texts)


def _as_double(number: float) -> float:
    try:
        return float(number) + 0.0  # -0.0 becomes 0.0
    except OverflowError:
        return math.inf if number > 0 else -math.inf
