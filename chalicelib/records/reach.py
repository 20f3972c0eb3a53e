"""What deleting a record of a collection can lead to, told from the definitions alone."""

from collections.abc import Iterator

from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import ATTACHED, SUPERUSERS
from chalicelib.schema.fields.relation import RelationField


def may_be_refused(root: Collection, catalog: Catalog) -> bool:
    """Whether some reference could stop it: to the record, or to one that goes with it."""
    known, waiting = {root.id}, [root]
    while waiting:
        target = waiting.pop()
        if any(_may_refuse(holder, field) for holder, field in referring_fields(target, catalog)):
            return True
        fresh = {each.id: each for each in _followers(target, catalog) if each.id not in known}
        known |= fresh.keys()
        waiting += fresh.values()
    return False


def referring_fields(target: Collection, catalog: Catalog) -> list[tuple[Collection, RelationField]]:
    """The relations that lead to a collection."""
    return [
        (collection, each)
        for collection in sorted(catalog, key=lambda collection: collection.name)
        if collection.type != "view"  # what a view shows refers to nothing
        for each in collection.fields
        if isinstance(each, RelationField) and each.collection_id == target.id
    ]


def attached_collections(target: Collection, catalog: Catalog) -> list[Collection]:
    """The collections of what hangs on the records of an auth collection."""
    return [found for name in ATTACHED if target.is_auth and (found := catalog.find(name))]


def can_be_named(target: Collection, catalog: Catalog) -> bool:
    """Whether records of other kinds, or its own, may refer to a collection's records."""
    return target.is_auth or bool(referring_fields(target, catalog))


def _followers(target: Collection, catalog: Catalog) -> Iterator[Collection]:
    yield from attached_collections(target, catalog)
    for holder, field in referring_fields(target, catalog):
        if field.cascade_delete:
            yield holder


def _may_refuse(holder: Collection, field: RelationField) -> bool:
    """It must stay; or it is a superuser's, who may be the last; or what is left must be unique."""
    if field.cascade_delete and holder.name == SUPERUSERS:
        return True
    if not field.cascade_delete and field.required:
        return True
    is_only_deleted = field.cascade_delete and not field.is_multiple
    return not is_only_deleted and field.name.lower() in _unique_columns(holder)


def _unique_columns(collection: Collection) -> set[str]:
    return {name.lower() for index in collection.unique_indexes for name in index.column_names}
