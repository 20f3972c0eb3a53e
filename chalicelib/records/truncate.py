"""Deleting every record of a collection."""

from chalicelib.errors import BadRequest
from chalicelib.records.cascade import RequiredReference, plan_removal
from chalicelib.records.refusals import refusals_as_answers
from chalicelib.records.related import RelatedRecords
from chalicelib.records.start_over import start_over_on_conflict
from chalicelib.records.unique import problems_of
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import problems_to_json
from chalicelib.storage.failures import NotUnique
from chalicelib.storage.portions import in_portions
from chalicelib.storage.transactions import write_together

FAILED = "Failed to truncate collection (most likely due to required cascade delete record references)."


@refusals_as_answers()
def truncate(collection: Collection) -> None:
    """Delete all records, and with them or from them whatever refers to them.

    Decided as a whole before anything is written; written in several transactions when one cannot hold it.
    """
    if collection.name == "_superusers":  # the last one cannot be deleted
        raise BadRequest(FAILED)
    start_over_on_conflict(lambda: _truncate(collection))


def _truncate(collection: Collection) -> None:
    related = RelatedRecords()
    try:
        for changes in in_portions(plan_removal(related.everything(collection), related)):
            write_together(changes)
    except RequiredReference as error:
        raise BadRequest(FAILED) from error
    except NotUnique as taken:
        raise BadRequest(FAILED, problems_to_json(problems_of(taken))) from taken
