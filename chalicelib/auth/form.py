"""The texts that a sign-in form submits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from chalicelib.errors import UNREADABLE, BadRequest, UnreadableBody
from chalicelib.request import RequestInfo
from chalicelib.schema.fields.limits import wrong_length
from chalicelib.schema.problems import REQUIRED, Problem


def read_form(request: RequestInfo, names: Sequence[str]) -> dict[str, str]:
    """The submitted texts by name, "" for those left out."""
    is_form = not is_json(request)
    return {name: _read_text(value, is_form) for name, value in read_given(request, names).items()}


def read_given(request: RequestInfo, names: Sequence[str]) -> dict[str, Any]:
    """What was submitted under these names, whatever it is. Raises BadRequest.

    As in PocketBase, names in JSON have no case; in a form they have, and the first of several counts.
    """
    try:
        given = dict(request.body)
    except UnreadableBody as error:
        raise BadRequest(UNREADABLE) from error
    if is_json(request):
        lowered = {key.lower(): value for key, value in given.items()}
        return {name: lowered.get(name.lower()) for name in names}
    found = {name: given.get(name) for name in names}
    return {name: value[0] if value and isinstance(value, list) else value for name, value in found.items()}


@contextmanager
def refused_as_unreadable() -> Iterator[None]:
    """Where a body of a type that is not read is refused in the words for one that is malformed."""
    try:
        yield
    except BadRequest as error:
        raise BadRequest(UNREADABLE) from error


def is_json(request: RequestInfo) -> bool:
    """Whether the body says that it is JSON: then a number is no text."""
    return request.headers.get("content_type", "").startswith("application/json")


def check_text(text: str, longest: int, shortest: int = 1) -> Problem | None:
    """What is wrong with a text that must be there. Lengths are of bytes."""
    if not text:
        return REQUIRED
    fits = shortest <= len(text.encode("utf-8", "replace")) <= longest
    return None if fits else wrong_length(shortest, longest)


def _read_text(value: Any, is_form: bool) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if not is_form or isinstance(value, list | dict):
        raise BadRequest(UNREADABLE)
    return str(value).lower() if isinstance(value, bool) else str(value)
