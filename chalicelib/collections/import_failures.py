"""How an import that fails is answered: one message that tells everything, as PocketBase does."""

import json
from typing import Any

from chalicelib.errors import ValidationFailed
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problem, Problems, problems_to_json

FAILED = "Failed to import collections."
CODE = "validation_collections_import_failure"
# Codes whose own message an import tells without capital and full stop, unless it was worded for the case.
STANDARD = {
    "validation_required": "Cannot be blank.",
    "validation_nil_or_not_empty_required": "Cannot be blank.",
    "validation_in_invalid": "Must be a valid value.",
    "validation_not_in_invalid": "Must not be in list.",
    "validation_match_invalid": "Must be in a valid format.",
    "validation_length_out_of_range": "The length must be",
    "validation_min_greater_equal_than_required": "Must be no less than",
    "validation_max_less_equal_than_required": "Must be no greater than",
    "validation_is_url": "Must be a valid URL.",
}


def raw_failure(reason: str) -> ValidationFailed:
    """The answer when definitions could not be read or written."""
    return _failure(f"Failed to import the collections configuration. Raw error:\n{reason}.")


def taken_twice(collection: Collection, column: str) -> ValidationFailed:
    """The answer when two collections would have one name or id."""
    number = 1555 if column == "id" else 2067
    constraint = f"UNIQUE constraint failed: _collections.{column} ({number})"
    return raw_failure(f'failed to save collection "{collection.name}": constraint failed: {constraint}')


def not_valid(collection: Collection, problems: Problems) -> ValidationFailed:
    """The answer when a definition may not be saved."""
    told = json.dumps(_tell(problems), indent=2, sort_keys=True, ensure_ascii=False)
    return _failure(f'Data validations failed for collection "{collection.name}" ({collection.id}):\n{told}.')


def not_made(problems: Problems) -> ValidationFailed:
    """The answer when indexes cannot be made: they are, before anything is validated."""
    return ValidationFailed(FAILED, problems_to_json({"indexes": problems}))


def _failure(message: str) -> ValidationFailed:
    return ValidationFailed(FAILED, problems_to_json({"collections": Problem(CODE, message)}))


def _tell(problems: Problems) -> dict[str, Any]:
    return {
        key: _word(found) if isinstance(found, Problem) else _tell(found) for key, found in problems.items()
    }


def _word(problem: Problem) -> str:
    message = problem.message
    standard = STANDARD.get(problem.code)
    if standard and message.startswith(standard):
        return (message[:1].lower() + message[1:]).removesuffix(".")
    return message.removesuffix(".") if problem.code == "validation_invalid_rule" else message
