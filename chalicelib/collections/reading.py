"""Submitted definitions, and the refusals of what cannot be read or saved."""

from collections.abc import Mapping
from typing import Any

from chalicelib.errors import BadRequest, ValidationFailed
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problems, problems_to_json
from chalicelib.schema.shapes import WrongShape, read_text
from chalicelib.schema.validate import find_name_failure

BAD_TYPE_DATA = "Failed to load the collection type data due to invalid formatting."
BAD_DATA = "Failed to load the submitted data due to invalid formatting."


def read_new(body: Mapping[str, Any]) -> Collection:
    """A new collection as a client defines it. Raises BadRequest."""
    given = open_body(body, BAD_TYPE_DATA)
    try:
        read_text(given.get("type"))
        read_text(given.get("name"))
    except WrongShape as error:
        raise BadRequest(BAD_TYPE_DATA) from error
    try:
        return Collection.from_json(given)
    except WrongShape as error:
        raise BadRequest(BAD_DATA) from error


def read_changed(old: Collection, body: Mapping[str, Any]) -> Collection:
    """A collection as a client wants it to become. Raises BadRequest."""
    try:
        return old.merged_with(open_body(body, BAD_DATA))
    except WrongShape as error:
        raise BadRequest(BAD_DATA) from error


def open_body(body: Mapping[str, Any], message: str) -> Mapping[str, Any]:
    """The body's values; BadRequest with this message, whatever it is that cannot be read."""
    try:
        return dict(body)
    except BadRequest as error:
        raise BadRequest(message) from error


def refuse_invalid(action: str, problems: Problems) -> None:
    """Raise ValidationFailed where there are problems."""
    if problems:
        raise ValidationFailed(f"Failed to {action} collection.", problems_to_json(problems))


def refuse_name(action: str, new: Collection, old: Collection | None, after: Catalog) -> None:
    """Raise BadRequest where the name cannot be used; `after` is the catalog with the collection."""
    if failure := find_name_failure(new, old, after):
        raise BadRequest(f"Failed to {action} collection. Raw error: \n{failure}.")
