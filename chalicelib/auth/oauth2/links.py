"""Which record an account at a provider belongs to: linked, signed in, or of the same e-mail."""

from dataclasses import replace

from chalicelib.auth.attach import new_attachment
from chalicelib.auth.oauth2.users import User
from chalicelib.auth.with_password import find_by_identity
from chalicelib.frozen import dataclass
from chalicelib.records.access import MISSING, require_collection
from chalicelib.records.attached import EXTERNAL
from chalicelib.records.related import RelatedRecords
from chalicelib.request import RequestInfo
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index
from chalicelib.schema.record import Record
from chalicelib.storage.records import find_by_unique, find_record

COLUMNS = ("collectionRef", "provider", "providerId")


@dataclass(frozen=True)
class Standing:
    """Whose an account is, None for a newcomer; the link that says so; or one whose record is gone."""

    owner: Record | None = None
    link: Record | None = None
    dead: Record | None = None


def find_standing(
    account: tuple[str, User], collection: Collection, request: RequestInfo, related: RelatedRecords
) -> Standing:
    """Whose an account at a provider is, as things are now."""
    provider, user = account
    link = find_link(collection, provider, user, related)
    owner = find_record(collection, str(link.get("recordRef"))) if link else None
    if owner is not None:
        return Standing(owner, link)
    if request.auth is not None and request.auth.collection.id == collection.id:
        return Standing(request.auth, dead=link)
    by_email = find_by_identity(user.email, "email", collection, related) if user.email else None
    return Standing(by_email, dead=link)


def as_signed_in_now(request: RequestInfo, catalog: Catalog) -> RequestInfo:
    """The request with whom it comes from as stored now, and a guest's when their tokens have ended.

    Asking a provider takes a while, in which somebody else may have proved that the record is theirs.
    """
    if request.auth is None:
        return request
    collection = catalog.find(request.auth.collection.id)
    now = find_record(collection, request.auth.id) if collection else None
    is_same = now is not None and now.get("tokenKey") == request.auth.get("tokenKey")
    return replace(request, auth=now if is_same else None)


def find_link(owner: Collection, provider: str, user: User, related: RelatedRecords) -> Record | None:
    """The record of `_externalAuths` that links this account to a record of the collection."""
    external = require_collection(related.catalog, EXTERNAL, MISSING)
    return find_by_unique(external, _index_of(external), [owner.id, provider, user.id]) if user.id else None


def new_link(owner: Record, provider: str, user: User, related: RelatedRecords) -> Record:
    """What links an account to a record from now on; it is not stored yet."""
    return new_attachment(owner, EXTERNAL, related.catalog, provider=provider, providerId=user.id)


def _index_of(external: Collection) -> Index:
    return next(each for each in external.unique_indexes if each.column_names == COLUMNS)
