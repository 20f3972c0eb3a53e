"""Which auth collection a request is about, and whether it is that of whoever asks."""

from chalicelib.errors import Forbidden, NotFound, Unauthorized
from chalicelib.request import RequestInfo
from chalicelib.schema.auth_options import AuthOptions
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record

NO_COLLECTION = "Missing or invalid collection context."
NO_AUTH_COLLECTION = "Missing or invalid auth collection context."


def get_auth_collection(name_or_id: str, catalog: Catalog) -> Collection:
    """The auth collection of this name or id. Raises NotFound."""
    collection = get_any_collection(name_or_id, catalog)
    if collection.auth is None:
        raise NotFound(NO_AUTH_COLLECTION)
    return collection


def get_any_collection(name_or_id: str, catalog: Catalog) -> Collection:
    """The collection of this name or id, of whatever type. Raises NotFound."""
    collection = catalog.find(name_or_id)
    if collection is None:
        raise NotFound(NO_COLLECTION)
    return collection


def auth_options(collection: Collection) -> AuthOptions:
    """How the records of an auth collection sign in. Raises NotFound for any other collection."""
    if collection.auth is None:
        raise NotFound(NO_AUTH_COLLECTION)
    return collection.auth


def require_own(collection: Collection, request: RequestInfo) -> Record:
    """Who asks, if that is a record of this collection. Raises Unauthorized, Forbidden."""
    record = request.auth
    if record is None:
        raise Unauthorized()
    if record.collection.id != collection.id:
        # PocketBase names the caller's own collection here, not the one that was asked for.
        raise Forbidden(f"The request requires auth record from {record.collection.name} collection.")
    return record
