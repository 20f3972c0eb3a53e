"""A collection's fields as submitted: matched by id or name, then completed with the system ones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib import ids
from chalicelib.schema.default_fields import default_fields
from chalicelib.schema.fields import FIELD_TYPES, Field
from chalicelib.schema.shapes import WrongShape

# What a client cannot change about the system fields it lists itself.
FORCED: Mapping[str, Mapping[str, Any]] = {
    "id": {"system": True, "required": True, "primary_key": True, "hidden": False},
    "password": {"system": True, "required": True, "hidden": True},
    "tokenKey": {"system": True, "required": True, "hidden": True},
    "email": {"system": True, "hidden": False},
    "emailVisibility": {"system": True},
    "verified": {"system": True},
}
ID_PATTERN = "^[a-z0-9]+$"


def read_fields(raw: Any) -> tuple[Field, ...]:
    """The fields of a submitted list. Raises WrongShape."""
    found: list[Field] = []
    if raw is not None and not isinstance(raw, list):
        raise WrongShape("a list of fields is expected")
    for definition in raw or ():
        _put(found, _read_field(definition))
    return tuple(found)


def complete_fields(fields: Sequence[Field], collection_type: str) -> tuple[Field, ...]:
    """The fields with those that a collection of this type cannot lack."""
    completed = list(fields)
    for default in default_fields(collection_type):
        _complete(completed, default)
    return tuple(completed)


def _read_field(definition: Any) -> Field:
    if not isinstance(definition, Mapping):
        raise WrongShape("a field is an object")
    kind = definition.get("type")
    if not isinstance(kind, str) or kind not in FIELD_TYPES:
        raise WrongShape("unknown field type")
    return FIELD_TYPES[kind].from_json(definition)


def _put(fields: list[Field], field: Field) -> None:
    """Append a field, or let it take the place of the one with its id (or, without an id, its name)."""
    if not field.id:
        field = replace(field, id=_id_for(field, fields))
    for position, other in enumerate(fields):
        if other.id == field.id:
            fields[position] = field
            return
    fields.append(field)


def _id_for(field: Field, fields: Sequence[Field]) -> str:
    same_name = next((other.id for other in fields if other.name == field.name), "")
    return same_name or _free_id(field, fields)


def _free_id(field: Field, fields: Sequence[Field]) -> str:
    wanted = ids.checksum_id(field.type, field.name)
    taken = {other.id for other in fields}
    return next(
        new for new in (wanted, *(f"{wanted}{n}" for n in range(2, len(taken) + 3))) if new not in taken
    )


def _complete(fields: list[Field], default: Field) -> None:
    for position, field in enumerate(fields):
        if field.name != default.name:
            continue
        if field.type == default.type:
            fields[position] = _forced(field)
            return
        if default.name != "id":
            fields[position] = replace(default, id=field.id)
            return
    added = replace(default, id=_free_id(default, fields))
    fields.insert(0 if default.name == "id" else len(fields), added)


def _forced(field: Field) -> Field:
    forced = dict(FORCED[field.name])
    if field.name == "id" and not getattr(field, "pattern", ""):
        forced["pattern"] = ID_PATTERN
    return replace(field, **forced)
