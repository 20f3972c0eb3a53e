"""The fields that every collection of a type has: PocketBase's own, system ones."""

from functools import cache
from typing import Any

from chalicelib import ids
from chalicelib.schema.fields import FIELD_TYPES, Field

ID: dict[str, Any] = {
    "type": "text",
    "name": "id",
    "system": True,
    "required": True,
    "primaryKey": True,
    "min": 15,
    "max": 15,
    "pattern": "^[a-z0-9]+$",
    "autogeneratePattern": "[a-z0-9]{15}",
}
AUTH: tuple[dict[str, Any], ...] = (
    {"type": "password", "name": "password", "system": True, "hidden": True, "required": True, "min": 8},
    {
        "type": "text",
        "name": "tokenKey",
        "system": True,
        "hidden": True,
        "required": True,
        "min": 30,
        "max": 60,
        "autogeneratePattern": "[a-zA-Z0-9]{50}",
    },
    {"type": "email", "name": "email", "system": True, "required": True},
    {"type": "bool", "name": "emailVisibility", "system": True},
    {"type": "bool", "name": "verified", "system": True},
)
DEFINITIONS: dict[str, tuple[dict[str, Any], ...]] = {"base": (ID,), "auth": (ID, *AUTH), "view": ()}


@cache
def default_fields(collection_type: str) -> tuple[Field, ...]:
    """The fields a new collection of a type starts with."""
    return tuple(
        make_field(definition) for definition in DEFINITIONS.get(collection_type, DEFINITIONS["base"])
    )


def make_field(definition: dict[str, Any]) -> Field:
    """A field from a definition; its id is made from type and name when it has none."""
    wanted = {"id": ids.checksum_id(definition["type"], definition["name"]), **definition}
    return FIELD_TYPES[definition["type"]].from_json(wanted)
