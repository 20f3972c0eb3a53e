"""Bringing the stored records of a collection under a unique index that is added to it.

The index's items are written before the definition that names it is saved: nobody looks at them until
then. Once no function is left that trusts the former definition, whatever was written in between is brought
under it too. Values that such a function took from a record stay claimed until somebody wants them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from chalicelib.schema.changes import added_indexes
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index
from chalicelib.schema.problems import Problem, Problems
from chalicelib.schema.record import Record
from chalicelib.schema.validate_indexes import cannot_make
from chalicelib.storage.failures import Conflict, NotUnique
from chalicelib.storage.portions import in_portions
from chalicelib.storage.records import read_pages
from chalicelib.storage.transactions import Update, write_together

# What there is time for within one request.
MAX_RECORDS = 2000
ATTEMPTS = 5


@dataclass(frozen=True)
class Fill:
    """The indexes that were filled and the stamps that records had then; or why that is impossible."""

    collection: Collection
    added: tuple[Index, ...] = ()
    stamps: Mapping[str, str] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)


def fill_indexes(old: Collection, new: Collection) -> Fill:
    """Bring the records under the unique indexes that `new` adds to `old`. Raises Conflict."""
    added = added_indexes(new, old)
    if not added:
        return Fill(new)
    for _ in range(ATTEMPTS - 1):
        try:
            return _fill(new, added)
        except Conflict:  # a record was changed after it was read: what is taken already stays so
            continue
    return _fill(new, added)


def finish_fill(fill: Fill) -> None:
    """Bring the records under the new indexes that were written before everybody knew of them.

    One that got hold of a value that another has keeps it in its data: it cannot be refused any more.
    """
    for record in _read_bare(fill.collection) if fill.added else ():
        if fill.stamps.get(record.id) != record.stamp:
            _take_what_is_free(record, fill.added)


def _fill(new: Collection, added: tuple[Index, ...]) -> Fill:
    records = list(islice(_read_bare(new), MAX_RECORDS + 1))
    problems = _find_problems(records, added, new)
    if problems:
        return Fill(new, added, problems=problems)
    held = [record for record in records if any(index.key_of(record.values) for index in added)]
    stamps = {record.id: record.stamp for record in records}
    try:
        for portion in in_portions([_take(record, added) for record in held]):
            stamps |= {record.id: record.stamp for record in write_together(portion)}
    except NotUnique as taken:
        return Fill(new, added, problems=_not_unique([taken.index], new))
    return Fill(new, added, stamps)


def _read_bare(collection: Collection) -> Iterator[Record]:
    """All records, as if the collection had no unique indexes."""
    for page in read_pages(replace(collection, indexes=())):
        yield from page


def _take(record: Record, added: tuple[Index, ...]) -> Update:
    return Update(record, replace(record, collection=replace(record.collection, indexes=added)))


def _take_what_is_free(record: Record, added: tuple[Index, ...]) -> None:
    for index in added:
        try:
            (record,) = write_together([_take(record, (index,))])
        except NotUnique:
            continue
        except Conflict:  # whoever changed it knew of the index, or this is seen to by another save
            return
        record = replace(record, collection=replace(record.collection, indexes=()))


def _find_problems(records: Sequence[Record], added: tuple[Index, ...], new: Collection) -> Problems:
    if len(records) > MAX_RECORDS:
        reason = f"a unique index cannot be added to a collection of more than {MAX_RECORDS} records yet"
        return {_position(index, new): cannot_make(index, reason) for index in added}
    return _not_unique([index for index in added if _has_equal_keys(records, index)], new)


def _has_equal_keys(records: Sequence[Record], index: Index) -> bool:
    keys = [key for record in records if (key := index.key_of(record.values)) is not None]
    return len(set(keys)) < len(keys)


def _not_unique(indexes: Iterable[Index], new: Collection) -> Problems:
    return {_position(index, new): _constraint_failed(index, new) for index in indexes}


def _constraint_failed(index: Index, new: Collection) -> Problem:
    columns = ", ".join(f"{new.name}.{name}" for name in index.column_names)
    return cannot_make(index, f"constraint failed: UNIQUE constraint failed: {columns} (2067)")


def _position(index: Index, new: Collection) -> str:
    return str([each.slot for each in new.indexes].index(index.slot))
