"""Deleting collections."""

from chalicelib.collections.purge import deletion_task, purge_at_once
from chalicelib.collections.save import Change, save_change
from chalicelib.collections.view import find_or_fail
from chalicelib.collections.view_definitions import views_of
from chalicelib.errors import BadRequest
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.relation import RelationField


def delete_collection(name_or_id: str) -> None:
    """Delete a definition, which hides its records at once, then the records. Raises NotFound, BadRequest."""
    change = save_change(lambda catalog: _decide(name_or_id, catalog))
    purge_at_once(change.tasks)


def _decide(name_or_id: str, catalog: Catalog) -> Change:
    collection = find_or_fail(name_or_id, catalog)
    if users := referring_to(collection, catalog):
        names = ", ".join(each.name for each in users)
        raise BadRequest(f"Failed to delete collection probably due to existing reference in {names}.")
    if collection.system or views_of(collection, catalog):
        raise BadRequest("Failed to delete collection.")
    return Change(remove=(collection,), tasks=(deletion_task([collection], catalog),))


def referring_to(collection: Collection, catalog: Catalog) -> list[Collection]:
    """The other collections with a relation to this one."""
    return [each for each in catalog if each.id != collection.id and _refers(each, collection)]


def _refers(other: Collection, collection: Collection) -> bool:
    relations = (field for field in other.fields if isinstance(field, RelationField))
    return any(relation.collection_id == collection.id for relation in relations)
