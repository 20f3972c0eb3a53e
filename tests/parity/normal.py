"""What is compared of an answer: the same for two servers that behave alike.

Random ids get a label in the order in which they turn up, so that a reference to a record compares with
a reference to the same record. Times near now, tokens (their claims stay) and what a case calls random are
replaced. Everything else is exact: key order, and numbers as they are written.
"""

import base64
import json
import re
import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tests.parity.cases import Case
from tests.parity.contents import describe_picture
from tests.parity.send import Answer, Talk

HEADERS = (
    "accept-ranges",
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "allow",
    "cache-control",
    "content-disposition",
    "content-range",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "last-modified",
    "location",
    "retry-after",
    "vary",
    "www-authenticate",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
)
# 15 characters, but not a field's id: a type's name and a checksum are the same everywhere.
ID = re.compile(r"(?![a-z]+[0-9]{7,}$)[a-z0-9]{15}")
# Of a file that was asked for by HEAD.
OF_HEAD = ("content-length",)
_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")
_TOKEN = re.compile(r"(eyJ[\w-]+)\.(eyJ[\w-]+)\.[\w-]+")
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
# Milliseconds that something took.
MEASURED = "execTime"
_AN_HOUR = 3600
_OK = 200
NEVER = r"(?!)"


class Number(str):
    """A JSON number as it was written."""


def normalize(talk: Talk, case: Case, answer: Answer, literal: Collection[str]) -> dict[str, Any]:
    """Status, headers and body of an answer, ready to be compared. `literal` ids stay as they are."""
    random = re.compile(case.random or NEVER)
    headers = {
        name: random.sub("<random>", _plain(value, talk.labels)) for name, value in _compared(case, answer)
    }
    body = _walk(_read_body(case, answer, random), talk.labels, literal)
    return {"status": Number(answer.status), "headers": headers, "body": body}


def _compared(case: Case, answer: Answer) -> Iterator[tuple[str, str]]:
    is_file_head = case.method == "HEAD" and "content-disposition" in answer.headers
    for name in HEADERS + (OF_HEAD if is_file_head else ()):
        if name in answer.headers:
            yield name, answer.headers[name]


def _read_body(case: Case, answer: Answer, random: re.Pattern[str]) -> Any:
    if case.picture and answer.status == _OK:
        return describe_picture(answer.content)
    try:
        body = json.loads(answer.text, parse_int=Number, parse_float=Number)
    except ValueError:
        body = answer.text
    if isinstance(body, dict) and MEASURED in body:
        body = {**body, MEASURED: "<measured>"}
    body = _without_random(body, random)
    return _sorted(body) if case.unordered else body


def normal_value(text: str, labels: dict[str, str], literal: Collection[str]) -> Any:
    """Any JSON text, ready to be compared where the order of keys does not count."""
    return _walk(_sorted(json.loads(text, parse_int=Number, parse_float=Number)), labels, literal)


def _walk(value: Any, labels: dict[str, str], literal: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {_plain(key, labels): _walk(item, labels, literal) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, labels, literal) for item in value]
    if not isinstance(value, str) or isinstance(value, Number):
        return value
    if ID.fullmatch(value) and value not in literal:
        labels.setdefault(value, f"<id {len(labels)}>")
    return _plain(value, labels)


def _plain(text: str, labels: dict[str, str]) -> str:
    """A text without what is random in it."""
    if token := _TOKEN.fullmatch(text):
        return _claims(token[1], token[2], labels)
    text = _HTTP_DATE.sub(lambda found: _moment(found[0], parsedate_to_datetime), text)
    for value, label in labels.items():
        if value in text:
            text = text.replace(value, label)
    return _DATE.sub(lambda found: _moment(found[0], _read_date), text)


def _claims(header: str, payload: str, labels: dict[str, str]) -> str:
    """What a token says, its end as seconds from now in steps of 30: the servers are not asked at once."""
    said = _decoded(payload)
    if isinstance(said.get("exp"), int):
        said["exp"] = f"in {round((said['exp'] - time.time()) / 30) * 30} seconds"
    return _plain(f"<token {json.dumps(_decoded(header))} {json.dumps(said)}>", labels)


def _decoded(part: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _moment(text: str, read: Callable[[str], datetime]) -> str:
    """``<now>``, or the date as it is."""
    try:
        is_now = abs(read(text).timestamp() - time.time()) < _AN_HOUR
    except ValueError:
        return text
    return "<now>" if is_now else text


def _read_date(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%fZ").replace(tzinfo=UTC)


def _without_random(value: Any, random: re.Pattern[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without_random(item, random) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_random(item, random) for item in value]
    return random.sub("<random>", value) if type(value) is str else value


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def find_differences(left: Any, right: Any, path: str = "") -> Iterator[str]:
    """The paths at which two normal answers differ: ``body.items[].title``, ``headers.vary``."""
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() == right.keys() and list(left) != list(right):
            yield f"{path}{{order}}"
        for key in left | right:
            if key in left and key in right:
                yield from find_differences(left[key], right[key], f"{path}.{key}" if path else key)
            else:
                yield f"{path}.{key}"
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for one, other in zip(left, right, strict=True):
            yield from find_differences(one, other, f"{path}[]")
    elif left != right or type(left) is not type(right):
        yield path


def show(value: Any, indent: str = "") -> Iterator[str]:
    """A normal answer as lines of text, for people and for the line differ."""
    inner = indent + "  "
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{indent}{key}:" + (f" {_leaf(item)}" if _is_leaf(item) else "")
            if not _is_leaf(item):
                yield from show(item, inner)
    elif isinstance(value, list):
        for item in value:
            yield f"{indent}-" + (f" {_leaf(item)}" if _is_leaf(item) else "")
            if not _is_leaf(item):
                yield from show(item, inner)
    else:
        yield indent + _leaf(value)


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, dict | list) or not value


def _leaf(value: Any) -> str:
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)
