"""Forms: urlencoded and multipart bodies, as lists of values by name.

Text becomes a boolean or a number where it is exactly how one is written, so that nothing is lost when
the field turns out to be a text one; text that only resembles a number ("01", "1e3") stays text.
"""

import re
from email.message import Message
from email.parser import HeaderParser
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.request import Upload

MAX_PARTS = 10_000
# What the library's reader of headers takes grows with both together.
MAX_HEAD_BYTES, MAX_HEAD_PARAMETERS = 8192, 100
EXACT = 2**53

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{0,17}[1-9])?")
_BAD_ESCAPE = re.compile(rb"%(?![0-9a-fA-F]{2})|;")
# What no header holds, and what each line of them begins with unless it continues the one before.
_BAD_HEAD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|\n(?![ \t]|[!-9;-~][ -9;-~]*:)")
_WORD = r"[!#-'*+.^-~\w-]+"
_QUOTED = r'"(?:\\.|[^"\\])*"'
_DISPOSITION = re.compile(
    rf"\s*form-data(?:\s*;\s*{_WORD}\s*=\s*(?:{_WORD}|{_QUOTED}))*(?:\s*;)?\s*",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_FOLD = re.compile(r"\r?\n[ \t]+")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CONSTANTS = {"true": True, "false": False}
# Values are JSON already, to be read as such and not guessed at.
RAW_NAMES = {"@jsonPayload"}


class FormError(ValueError):
    """The body is no such form."""


def read_urlencoded(raw: bytes, content_type: str) -> dict[str, list[Any]]:
    """The values of an urlencoded body."""
    if _BAD_ESCAPE.search(raw):
        raise FormError("bad escape")
    try:
        pairs = parse_qsl(
            raw.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=MAX_PARTS
        )
    except ValueError as error:
        raise FormError(str(error)) from error
    return _gather(pairs)


def read_multipart(raw: bytes, content_type: str) -> dict[str, list[Any]]:
    """The values and uploads of a multipart body."""
    parts = [_read_part(part) for part in _split(raw, _boundary(content_type))]
    return _gather([part for part in parts if part is not None])


def infer(text: str) -> Any:
    """The boolean or number that this text is the one way to write; else the text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if not _NUMBER.fullmatch(text) or text == "-0":
        return text
    number = float(text) if "." in text else int(text)
    return number if abs(number) < EXACT and str(number) == text else text


def _gather(pairs: list[tuple[str, Any]]) -> dict[str, list[Any]]:
    gathered: dict[str, list[Any]] = {}
    for name, value in pairs:
        is_guessed = isinstance(value, str) and name not in RAW_NAMES
        gathered.setdefault(name, []).append(infer(value) if is_guessed else value)
    return gathered


def _boundary(content_type: str) -> bytes:
    _refuse_long(content_type.encode("utf-8", "replace"))
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise FormError("no boundary")
    return boundary.encode("utf-8", "replace")


def _split(raw: bytes, boundary: bytes) -> list[bytes]:
    """What is between the boundaries."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    found = list(line.finditer(raw))[: MAX_PARTS + 1]
    last = next((index for index, match in enumerate(found) if match[1]), None)
    if last is None:
        raise FormError("no closing boundary")
    return [raw[found[i].end() : found[i + 1].start()] for i in range(last)]


def _read_part(part: bytes) -> tuple[str, Any] | None:
    """A part's name and its value; None when it has no name."""
    end = _HEAD_END.search(part)
    if end is None:
        raise FormError("a part without an end of its headers")
    header = _read_head(part[: end.start()])
    content = part[end.end() :]
    name = header.get_param("name", header="content-disposition")
    if (
        not _DISPOSITION.fullmatch(header.get("content-disposition", ""))
        or not isinstance(name, str)
        or not name
    ):
        return None
    file_name = header.get_filename("")
    if file_name:
        return name, Upload(_base_name(file_name), header.get("content-type", ""), content)
    return name, content.decode("utf-8", "replace")


def _read_head(raw: bytes) -> Message:
    _refuse_long(raw)
    try:
        text = raw.decode().lstrip("\r\n")
    except UnicodeDecodeError as error:
        raise FormError("headers are UTF-8") from error
    if text and _BAD_HEAD.search("\n" + text):
        raise FormError("a part's headers are malformed")
    return HeaderParser().parsestr(_FOLD.sub(" ", text))


def _refuse_long(head: bytes) -> None:
    if len(head) > MAX_HEAD_BYTES or head.count(b";") > MAX_HEAD_PARAMETERS:
        raise FormError("the headers of a part are too long")


def _base_name(path: str) -> str:
    return path.rpartition("/")[2]
