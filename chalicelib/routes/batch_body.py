"""The body of a batch: which requests it holds, their files, and what is wrong with it.

JSON, or a form with JSON under ``@jsonPayload`` and files as ``requests.0.field`` or ``requests[0].field``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.errors import ApiError, BadRequest, TooLarge, ValidationFailed
from chalicelib.records.batch_requests import Asked
from chalicelib.request import Upload
from chalicelib.schema.problems import REQUIRED, Problem, Problems, problems_to_json, without_none
from chalicelib.settings.model import Batch

UNREADABLE = "Failed to read the submitted batch data."
INVALID = "Invalid batch request data."
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
NO_METHOD = Problem("validation_in_invalid", "Must be a valid value.")
LONGEST_URL = 2000

_FILE_KEY = re.compile(r"requests(?:\.(0|[1-9][0-9]{0,4})|\[(0|[1-9][0-9]{0,4})\])\.(.+)", re.DOTALL)
_NONE: Mapping[str, Any] = {}


def read_batch(body: Mapping[str, Any], settings: Batch) -> list[Asked]:
    """The requests that a body holds. Raises BadRequest: unreadable, too many, or not what requests are."""
    try:
        submitted = _read_requests(body)
    except TooLarge:
        raise
    except ApiError as error:
        raise BadRequest(UNREADABLE) from error
    if problems := _find_problems(submitted, settings.max_requests):
        raise ValidationFailed(INVALID, problems_to_json({"requests": problems}))
    return submitted


def _read_requests(body: Mapping[str, Any]) -> list[Asked]:
    given = _folded(body).get("requests")
    if given is None:
        return []
    files = list(_files_in(body))
    return [
        _read_one(each, {name: held for number, name, held in files if number == index})
        for index, each in enumerate(_of_type(given, list))
    ]


def _read_one(given: Any, files: Mapping[str, Any]) -> Asked:
    found = _folded(_of_type(given, dict))
    headers = _of_type(found.get("headers") or {}, dict)
    return Asked(
        method=_of_type(found.get("method") or "", str),
        url=_of_type(found.get("url") or "", str),
        headers={name: _of_type(value, str) for name, value in headers.items()},
        body={**_of_type(_given(found.get("body")), dict), **files},
    )


def _given(value: Any) -> Any:
    return _NONE if value is None else value


def _of_type(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise BadRequest(UNREADABLE)
    return value


def _folded(found: Mapping[str, Any]) -> dict[str, Any]:
    """By lower case names: PocketBase takes them in any case."""
    return {name.lower(): value for name, value in found.items()}


def _files_in(body: Mapping[str, Any]) -> Iterator[tuple[int, str, Any]]:
    """Which request a file is for, its field's name, and the file, or several."""
    for key, value in body.items():
        found = _FILE_KEY.fullmatch(key)
        uploads = [
            each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Upload)
        ]
        if found and uploads:
            yield int(found[1] or found[2]), found[3], uploads if len(uploads) > 1 else uploads[0]


def _find_problems(submitted: Sequence[Asked], most: int) -> Problem | Problems:
    if not submitted:
        return REQUIRED
    if len(submitted) > most:
        return _too_long(most)
    found = {str(index): _check_one(asked) for index, asked in enumerate(submitted)}
    return {index: problems for index, problems in found.items() if problems}


def _check_one(asked: Asked) -> Problems:
    is_known = asked.method in METHODS
    return without_none(
        {
            "method": REQUIRED if not asked.method else None if is_known else NO_METHOD,
            "url": REQUIRED if not asked.url else _too_long(LONGEST_URL) if _is_long(asked.url) else None,
        }
    )


def _is_long(url: str) -> bool:
    return len(url.encode()) > LONGEST_URL


def _too_long(most: int) -> Problem:
    return Problem(
        "validation_length_too_long", f"The length must be no more than {most}.", {"max": most, "min": 0}
    )
