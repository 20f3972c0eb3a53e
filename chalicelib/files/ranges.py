"""The ``Range`` header: which parts of a file are wanted."""

import re
from typing import NamedTuple

NUMBER = re.compile(r"\+?0*([0-9]{1,19})")
LARGEST = 2**63 - 1
UNIT = "bytes="


class Part(NamedTuple):
    """A part of a file: where it begins, and how long it is."""

    start: int
    length: int

    def describe(self, size: int) -> str:
        """``bytes 2-5/11``"""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


class BadRange(Exception):
    """What is asked for cannot be read, or is not in the file."""

    def __init__(self, message: str, size: int | None = None) -> None:
        super().__init__(message)
        self.size = size


def read_ranges(header: str, size: int) -> list[Part]:
    """The parts that are wanted of a file; none means all of it. Raises BadRange."""
    if not header:
        return []
    if not header.startswith(UNIT):
        raise BadRange("invalid range")
    wanted = [_read_part(text.strip(), size) for text in header[len(UNIT) :].split(",") if text.strip()]
    parts = [part for part in wanted if part is not None]
    if wanted and not parts and size:
        raise BadRange("invalid range: failed to overlap", size)
    # Who asks for more than there is gets it once.
    return parts if sum(part.length for part in parts) <= size else []


def _read_part(text: str, size: int) -> Part | None:
    """One part; None when the file ends before it."""
    first, dash, last = (piece.strip() for piece in text.partition("-"))
    if not dash or not (first or last):
        raise BadRange("invalid range")
    if not first:
        length = min(_number(last), size)
        return Part(size - length, length)
    start, end = _number(first), _number(last) if last else None
    if start >= size:
        return None
    if end is not None and end < start:
        raise BadRange("invalid range")
    return Part(start, size - start if end is None else min(end, size - 1) - start + 1)


def _number(text: str) -> int:
    found = NUMBER.fullmatch(text)
    if found is None or int(found[1]) > LARGEST:
        raise BadRange("invalid range")
    return int(found[1])
