"""Removing what hung on the records of auth collections that were deleted: codes, links, known places.

Else a collection that is made anew under the old name, and thus the old id, would inherit links.
"""

from collections.abc import Iterable, Sequence

from chalicelib.filters import having
from chalicelib.observability.logger import logger
from chalicelib.records.attached import ATTACHED
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.budget import BudgetExceeded
from chalicelib.storage.portions import in_portions
from chalicelib.storage.transactions import Delete, write_together


def remove_orphans(deleted: Iterable[Collection]) -> None:
    """Remove all that names records of these collections, as far as the query budget goes."""
    for collection in deleted:
        if collection.is_auth:
            start_over_on_conflict(lambda: _remove(collection))  # noqa: B023 (done before the next)


def _remove(collection: Collection) -> None:
    related = RelatedRecords()
    try:
        found = [each for name in ATTACHED for each in _naming(collection, name, related)]
    except BudgetExceeded:
        logger.warning("links to a deleted collection are left", extra={"collection": collection.id})
        return
    for portion in in_portions(Delete(each) for each in found):
        write_together(portion)


def _naming(collection: Collection, name: str, related: RelatedRecords) -> Sequence[Record]:
    found = related.catalog.find(name)
    if found is None:
        return []
    return related.look_up(found, having(found.field_by_name["collectionRef"], collection.id))
