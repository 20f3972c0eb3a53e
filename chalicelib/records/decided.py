"""Changes that a request has decided on: taken up one after the other, then written together."""

from collections.abc import Sequence

from chalicelib.files.keeping import write_with_files
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.record import Record
from chalicelib.storage.claims import Planned
from chalicelib.storage.failures import IdTaken, NotUnique
from chalicelib.storage.transactions import Change, Create, after_of, before_of, numbered


def take_up(changes: Sequence[Change], related: RelatedRecords) -> list[Record]:
    """Take changes up; answers the created and updated records as they are going to be stored.

    One of several decisions is refused by itself: raises IdTaken, NotUnique. An only one is refused by the
    write, which finds out without reading anything.
    """
    taken: list[Change] = []
    for change in map(numbered, changes):
        if related.pending.is_of_several:
            _refuse_taken(change, related)
        related.pending.add([change])
        taken.append(change)
    return [after for change in taken if (after := after_of(change))]


def write_decided(related: RelatedRecords, beside: Sequence[Planned] = ()) -> None:
    """Write all that was taken up, or nothing of it. Raises what `write_with_files` does."""
    write_with_files(related.pending.changes(), beside)


def _refuse_taken(change: Change, related: RelatedRecords) -> None:
    """Raise if another record has what this change takes: the last of the indexes, then the id, as SQLite."""
    before, after = before_of(change), after_of(change)
    if after is None:
        return
    for index in reversed(after.collection.unique_indexes):
        is_kept = before is not None and index.key_of(before.values) == index.key_of(after.values)
        if not is_kept and related.find_other(index, after, before.id if before else ""):
            raise NotUnique(after.collection, index)
    if isinstance(change, Create) and related.find(after.collection, after.id):
        raise IdTaken(after.collection, after.id)
