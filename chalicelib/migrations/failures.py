"""Why a migration cannot go on, in words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chalicelib.errors import ApiError


class MigrationFailed(Exception):
    """What to tell whoever applies it."""


@contextmanager
def told_as_failure(what: str = "") -> Iterator[None]:
    """Within it, what a service refuses becomes MigrationFailed."""
    try:
        yield
    except ApiError as refused:
        raise MigrationFailed(": ".join(filter(None, (what, describe_refusal(refused))))) from refused


def describe_refusal(refused: ApiError) -> str:
    """What a service refused, and why, with the places of what is wrong."""
    return describe_problems(refused.data) or refused.message


def describe_problems(data: Mapping[str, Any]) -> str:
    """What is wrong with what, as an answer's `data` has it."""
    return "; ".join(_reasons(data))


def _reasons(data: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, found in data.items():
        place = f"{path}.{name}" if path else str(name)
        if isinstance(found.get("message"), str):
            yield f"{place}: {found['message']}"
        else:
            yield from _reasons(found, place)
