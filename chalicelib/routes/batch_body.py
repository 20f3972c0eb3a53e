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
_KEYS = frozenset({"requests", "method", "url", "headers", "body"})


def read_batch(body: Mapping[str, Any], settings: Batch) -> list[Asked]:
    """The requests that a body holds. Raises BadRequest: unreadable, too many, or not what requests are."""
    try:
        given = _of_type(_given(_known(body).get("requests"), []), list)
        # Before any of them is looked at: how much work a body makes is not the client's to say.
        if len(given) > settings.max_requests:
            raise _invalid(_too_long(settings.max_requests))
        submitted = _read_requests(given, body)
    except (TooLarge, ValidationFailed):
        raise
    except ApiError as error:
        raise BadRequest(UNREADABLE) from error
    if problems := _find_problems(submitted):
        raise _invalid(problems)
    return submitted


def _invalid(problems: Problem | Problems) -> ValidationFailed:
    return ValidationFailed(INVALID, problems_to_json({"requests": problems}))


def _read_requests(given: Sequence[Any], body: Mapping[str, Any]) -> list[Asked]:
    files = _files_of(body)
    return [_read_one(each, files.get(index, _NONE)) for index, each in enumerate(given)]


def _read_one(given: Any, files: Mapping[str, Any]) -> Asked:
    found = _known(_of_type(given, dict))
    headers = _of_type(_given(found.get("headers"), _NONE), dict)
    return Asked(
        method=_of_type(_given(found.get("method"), ""), str),
        url=_of_type(_given(found.get("url"), ""), str),
        headers={name: _of_type(value, str) for name, value in headers.items()},
        body={**_of_type(_given(found.get("body"), _NONE), dict), **files},
    )


def _given(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _of_type(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise BadRequest(UNREADABLE)
    return value


def _known(found: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of an object. PocketBase takes keys in any case, and none twice."""
    known: dict[str, Any] = {}
    for name, value in found.items():
        key = name.lower()
        if key in known:
            raise BadRequest(UNREADABLE)
        if key in _KEYS:
            known[key] = value
    return known


def _files_of(body: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """By the request's number and the field's name: the file, or several."""
    found: dict[int, dict[str, list[Upload]]] = {}
    for number, name, uploads in _uploads_in(body):
        found.setdefault(number, {}).setdefault(name, []).extend(uploads)
    return {
        number: {name: held if len(held) > 1 else held[0] for name, held in fields.items()}
        for number, fields in found.items()
    }


def _uploads_in(body: Mapping[str, Any]) -> Iterator[tuple[int, str, list[Upload]]]:
    for key, value in body.items():
        found = _FILE_KEY.fullmatch(key)
        held = value if isinstance(value, list) else [value]
        uploads = [each for each in held if isinstance(each, Upload)]
        if found and uploads:
            yield int(found[1] or found[2]), found[3], uploads


def _find_problems(submitted: Sequence[Asked]) -> Problem | Problems:
    if not submitted:
        return REQUIRED
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
