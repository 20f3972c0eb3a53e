"""Which auth collection a request is about."""

from chalicelib.errors import NotFound
from chalicelib.schema.auth_options import AuthOptions
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection


def get_auth_collection(name_or_id: str, catalog: Catalog) -> Collection:
    """The auth collection of this name or id. Raises NotFound."""
    collection = get_any_collection(name_or_id, catalog)
    if collection.auth is None:
        raise NotFound("Missing or invalid auth collection context.")
    return collection


def get_any_collection(name_or_id: str, catalog: Catalog) -> Collection:
    """The collection of this name or id, of whatever type. Raises NotFound."""
    collection = catalog.find(name_or_id)
    if collection is None:
        raise NotFound("Missing or invalid collection context.")
    return collection


def auth_options(collection: Collection) -> AuthOptions:
    """How the records of an auth collection sign in."""
    if collection.auth is None:
        raise NotFound("Missing or invalid auth collection context.")
    return collection.auth
