"""What a definition gets without asking: id, key columns' indexes, right table names, columns and a space."""

from collections.abc import Container, Sequence
from dataclasses import replace
from itertools import chain, count

from chalicelib import clock, ids
from chalicelib.schema.auth_options import AuthOptions, PasswordAuth
from chalicelib.schema.changes import with_access, with_slots
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index, build_index, read_index

SUPERUSERS = "_superusers"
# What hangs on auth records, by two texts that name collection and record.
ATTACHED = ("_mfas", "_otps", "_externalAuths", "_authOrigins")
SPACE_RANDOM_LENGTH = 6
_spaces_made = count()
# What auth collections must have a single-column unique index on, and how the default one is written.
KEY_INDEXES = {
    "tokenKey": "CREATE UNIQUE INDEX `idx_tokenKey_{suffix}` ON `{table}` (`tokenKey`)",
    "email": "CREATE UNIQUE INDEX `idx_email_{suffix}` ON `{table}` (`email`) WHERE `email` != ''",
}


def complete(collection: Collection, old: Collection | None = None, taken: Container[str] = ()) -> Collection:
    """A definition as it will be stored, before it is validated.

    `old` is the definition that it replaces; `taken` are the ids in use.
    """
    own_id = old.id if old else _free_id(collection, taken)
    completed = replace(
        collection,
        id=collection.id or own_id,
        space=collection.space or new_space(),
        indexes=_on_table(collection.indexes, collection),
    )
    if completed.auth:
        completed = replace(completed, auth=completed.auth.with_known_fields(completed.field_by_name))
        # As PocketBase names them: after a chosen id only where indexes were chosen, too.
        suffix = completed.id if collection.indexes else own_id
        completed = replace(completed, indexes=with_key_indexes(completed, suffix))
    if completed.name == SUPERUSERS and completed.auth:
        completed = replace(completed, auth=_as_superusers(completed.auth))
    if completed.auth and old and old.auth:
        completed = replace(completed, auth=completed.auth.revoking_after(old.auth))
    return with_access(with_slots(completed, old).with_columns(), old)


def _free_id(collection: Collection, taken: Container[str]) -> str:
    wanted = ids.checksum_id("pbc_", collection.type + collection.name)
    candidates = chain([wanted], (f"{wanted}{number}" for number in count(2)))
    return next(each for each in candidates if each not in taken)


def new_space() -> str:
    """A name for a collection's records: sorts by the time it was made, and is never made again."""
    made = f"{clock.unix_milliseconds():011x}{next(_spaces_made) % 256:02x}"
    return made + ids.random_text(SPACE_RANDOM_LENGTH, ids.RECORD_ID_ALPHABET)


def with_key_indexes(collection: Collection, suffix: str) -> tuple[Index, ...]:
    """The indexes with the default ones for the columns that sign-in needs, where there are none."""
    names = tuple(field.name for field in collection.fields)
    missing = [text for column, text in KEY_INDEXES.items() if not has_key(collection, column)]
    # The columns are known even when the collection's name is one that no statement can hold.
    added = (read_index(text.format(suffix=suffix, table=""), names) for text in missing)
    tables = (text.format(suffix=suffix, table=collection.name) for text in missing)
    renamed = (
        replace(index, table=collection.name, text=text) for index, text in zip(added, tables, strict=True)
    )
    return (*collection.indexes, *renamed)


def has_key(collection: Collection, column: str) -> bool:
    """Whether a unique index is on this column alone."""
    return any(index.column_names == (column,) for index in collection.unique_indexes)


def _on_table(indexes: Sequence[Index], collection: Collection) -> tuple[Index, ...]:
    names = tuple(field.name for field in collection.fields)
    return tuple(_moved(index, collection.name, names) for index in indexes)


def _moved(index: Index, table: str, names: tuple[str, ...]) -> Index:
    if not index.name or index.table == table:
        return index
    return read_index(build_index(replace(index, table=table)), names)


def _as_superusers(auth: AuthOptions) -> AuthOptions:
    """Superusers always sign in by password, never through another provider, never by a code alone."""
    return replace(
        auth,
        oauth2=replace(auth.oauth2, enabled=False),
        mfa=replace(auth.mfa, enabled=auth.mfa.enabled or auth.otp.enabled),
        password_auth=PasswordAuth(enabled=True, identity_fields=auth.password_auth.identity_fields),
    )
