"""How PocketBase casts what clients submit: text, numbers and booleans from any JSON value."""

import math
import re
from decimal import Decimal
from typing import Any

# Beyond it a double no longer tells neighbouring integers apart.
EXACT_INTEGERS = 2**53

TRUE_TEXTS = frozenset({"1", "t", "T", "true", "TRUE", "True"})
# Possessive: what is no number fails at once, not after every way to cut it.
DIGITS = r"\d++(?:_\d++)*+"
HEX_DIGITS = r"[0-9a-fA-F]++(?:_[0-9a-fA-F]++)*+"
NUMBER_TEXT = re.compile(rf"[+-]?(?:{DIGITS}\.?(?:{DIGITS})?|\.{DIGITS})(?:[eE][+-]?{DIGITS})?", re.ASCII)
HEX_NUMBER_TEXT = re.compile(rf"[+-]?0[xX]_?{HEX_DIGITS}(?:\.{HEX_DIGITS})?[pP][+-]?{DIGITS}", re.ASCII)
NOT_FINITE_TEXT = re.compile(r"(?:[+-]?inf(?:inity)?|nan)", re.IGNORECASE | re.ASCII)


def to_text(raw: Any) -> str:
    """Text as it is, numbers and booleans written out, anything else empty."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return _written_out(_double(raw))
    return ""


def to_number(raw: Any) -> int | float:
    """Numbers, booleans as 1 and 0, text that spells a number; anything else 0."""
    if isinstance(raw, int | float):
        return _shortest(_double(raw))
    if isinstance(raw, str):
        return _shortest(_number_in(raw))
    return 0


def to_bool(raw: Any) -> bool:
    """Booleans, numbers other than 0, and the few texts that mean true."""
    if isinstance(raw, str):
        return raw in TRUE_TEXTS
    return isinstance(raw, int | float) and raw != 0


def _double(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _shortest(number: float) -> int | float:
    """Integers as int while they are exact, so that 5.0 and 5 are one value."""
    exact = number.is_integer() and abs(number) < EXACT_INTEGERS
    return int(number) if exact else number


def _number_in(text: str) -> float:
    if NUMBER_TEXT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else 0.0
    if HEX_NUMBER_TEXT.fullmatch(text):
        return _hex_number(text.replace("_", ""))
    return float(text) if NOT_FINITE_TEXT.fullmatch(text) else 0.0


def _hex_number(text: str) -> float:
    try:
        return float.fromhex(text)
    except OverflowError:
        return 0.0


def _written_out(number: float) -> str:
    """All digits, without an exponent: 1e21 is 1000000000000000000000."""
    if not math.isfinite(number):
        return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}[repr(number)]
    return f"{Decimal(repr(number)):f}".removesuffix(".0")
