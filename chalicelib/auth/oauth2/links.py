"""Which record an account at a provider belongs to: linked, signed in, or of the same e-mail."""

from chalicelib.auth.attach import new_attachment
from chalicelib.auth.oauth2.users import User
from chalicelib.auth.with_password import find_by_identity
from chalicelib.records.access import MISSING, require_collection
from chalicelib.records.attached import EXTERNAL
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index
from chalicelib.schema.record import Record
from chalicelib.storage.records import find_by_unique, find_record

COLUMNS = ("collectionRef", "provider", "providerId")


def find_link(owner: Collection, provider: str, user: User, related: RelatedRecords) -> Record | None:
    """The record of `_externalAuths` that links this account to a record of the collection."""
    external = require_collection(related.catalog, EXTERNAL, MISSING)
    return find_by_unique(external, _index_of(external), [owner.id, provider, user.id]) if user.id else None


def find_owner(
    link: Record | None, user: User, collection: Collection, place: tuple[RequestInfo, RelatedRecords]
) -> Record | None:
    """Whose account it is; None for a newcomer."""
    request, related = place
    if link is not None:
        return find_record(collection, str(link.get("recordRef")))
    if is_signed_in_to(collection, request) and request.auth is not None:
        return find_record(collection, request.auth.id)
    return find_by_identity(user.email, "email", collection, related) if user.email else None


def is_signed_in_to(collection: Collection, request: RequestInfo) -> bool:
    """Whether a record of this collection asks."""
    return request.auth is not None and request.auth.collection.id == collection.id


def new_link(owner: Record, provider: str, user: User, related: RelatedRecords) -> Record:
    """What links an account to a record from now on; it is not stored yet."""
    return new_attachment(owner, EXTERNAL, related.catalog, provider=provider, providerId=user.id)


def _index_of(external: Collection) -> Index:
    return next(each for each in external.unique_indexes if each.column_names == COLUMNS)
