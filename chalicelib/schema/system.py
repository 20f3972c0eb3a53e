"""The collections that every installation starts with: PocketBase's own five and `users`."""

from collections.abc import Mapping
from typing import Any

from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import KEY_INDEXES, SUPERUSERS, complete
from chalicelib.schema.default_fields import AUTH

OWN = "@request.auth.id != '' && recordRef = @request.auth.id && collectionRef = @request.auth.collectionId"
DAY = 86400

REFERENCES = ("collectionRef", "recordRef")
STAMPS: tuple[dict[str, Any], ...] = (
    {"type": "autodate", "name": "created", "onCreate": True},
    {"type": "autodate", "name": "updated", "onCreate": True, "onUpdate": True},
)


def _text(name: str, **options: Any) -> dict[str, Any]:
    return {"type": "text", "name": name, "required": True, **options}


def _about_sign_in(name: str, fields: list[dict[str, Any]], index: str, **options: Any) -> dict[str, Any]:
    """A collection of things that belong to a record that signs in."""
    fields = [*(_text(reference) for reference in REFERENCES), *fields, *STAMPS]
    return {
        "name": name,
        "system": True,
        "listRule": OWN,
        "viewRule": OWN,
        "fields": [{**field, "system": True} for field in fields],
        "indexes": [text.format(name=name) for text in index.split("\n")],
        **options,
    }


DEFINITIONS: tuple[Mapping[str, Any], ...] = (
    _about_sign_in(
        "_mfas",
        [_text("method")],
        "CREATE INDEX `idx_mfas_collectionRef_recordRef` ON `{name}` (collectionRef,recordRef)",
    ),
    _about_sign_in(
        "_otps",
        [
            {"type": "password", "name": "password", "required": True, "hidden": True, "cost": 8},
            {"type": "text", "name": "sentTo", "hidden": True},
        ],
        "CREATE INDEX `idx_otps_collectionRef_recordRef` ON `{name}` (collectionRef, recordRef)",
    ),
    _about_sign_in(
        "_externalAuths",
        [_text("provider"), _text("providerId")],
        "CREATE UNIQUE INDEX `idx_externalAuths_record_provider` ON `{name}`"
        " (collectionRef, recordRef, provider)\n"
        "CREATE UNIQUE INDEX `idx_externalAuths_collection_provider` ON `{name}`"
        " (collectionRef, provider, providerId)",
        deleteRule=OWN,
    ),
    _about_sign_in(
        "_authOrigins",
        [_text("fingerprint")],
        "CREATE UNIQUE INDEX `idx_authOrigins_unique_pairs` ON `{name}`"
        " (collectionRef, recordRef, fingerprint)",
        deleteRule=OWN,
    ),
    {
        "name": SUPERUSERS,
        "type": "auth",
        "system": True,
        "fields": [*AUTH, *({**stamp, "system": True} for stamp in STAMPS)],
        "authToken": {"duration": DAY},
    },
    {
        "id": "_pb_users_auth_",
        "name": "users",
        "type": "auth",
        "listRule": "id = @request.auth.id",
        "viewRule": "id = @request.auth.id",
        "createRule": "",
        "updateRule": "id = @request.auth.id",
        "deleteRule": "id = @request.auth.id",
        "fields": [
            *AUTH,
            {"type": "text", "name": "name", "max": 255},
            {
                "type": "file",
                "name": "avatar",
                "maxSelect": 1,
                "mimeTypes": ["image/jpeg", "image/png", "image/svg+xml", "image/gif", "image/webp"],
            },
            *STAMPS,
        ],
        "indexes": [text.format(suffix="_pb_users_auth_", table="users") for text in KEY_INDEXES.values()],
        "oauth2": {"mappedFields": {"name": "name", "avatarURL": "avatar"}},
    },
)


def default_collections() -> tuple[Collection, ...]:
    """The five system collections and `users`, with PocketBase's ids, fields, indexes and rules."""
    return tuple(complete(Collection.from_json(definition)) for definition in DEFINITIONS)
