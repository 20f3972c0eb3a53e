"""What is wrong with a submitted value, as data: validators return problems, they never raise."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypeAlias

from chalicelib.frozen import dataclass


@dataclass(frozen=True)
class Problem:
    """One refused value: PocketBase's error code, its message and the message's parameters."""

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """``{"code", "message"}`` and, when there are any, ``"params"``."""
        shown: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.params:
            shown["params"] = dict(self.params)
        return shown


# Problems of an object, by key; of a list, by index as text. Empty means valid.
Problems: TypeAlias = Mapping[str, "Problem | Problems"]

REQUIRED = Problem("validation_required", "Cannot be blank.")


def problems_to_json(problems: Problems) -> dict[str, Any]:
    """Problems as the ``data`` of an error answer."""
    return {
        key: found.to_json() if isinstance(found, Problem) else problems_to_json(found)
        for key, found in sorted(problems.items())
    }


def without_none(found: Mapping[str, "Problem | Problems | None"]) -> Problems:
    """The checks that found something."""
    return {key: problem for key, problem in found.items() if problem}
