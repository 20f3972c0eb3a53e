"""Removing what hung on the records of deleted auth collections: codes, links, known places.

Else a collection that is made anew under the old name, and thus the old id, would inherit links. Where there
is such a collection again, what was made after the deletion stays.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from chalicelib.collections.load import get_newest
from chalicelib.files.keeping import write_with_files
from chalicelib.filters import Sort, having, make_plan
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import ATTACHED
from chalicelib.schema.record import Record
from chalicelib.storage.failures import Conflict
from chalicelib.storage.portions import in_portions
from chalicelib.storage.records import read
from chalicelib.storage.transactions import Change, Delete

REFERENCE = "collectionRef"
HEX = 16


def remove_orphans(owner_id: str, deleted: int, size: int) -> Iterator[int]:
    """Remove what names a collection that was deleted then, about `size` at a time; how many each time."""
    for name in ATTACHED:
        while found := list(islice(_find(name, owner_id, deleted, size), size)):
            for portion in in_portions(Delete(each) for each in found):
                _remove(portion)
            yield len(found)


def _find(name: str, owner_id: str, deleted: int, size: int) -> Iterator[Record]:
    catalog = get_newest().catalog
    holder, is_back = catalog.find(name), catalog.find_by_id(owner_id) is not None
    if holder is None:
        return
    plan = make_plan(having(holder.field_by_name[REFERENCE], owner_id), Sort(), holder)
    for record in read(holder, plan, None, size):
        is_older = not is_back or _made_at(record, holder) < deleted
        if is_older and record.get(REFERENCE) == owner_id:
            yield record


def _made_at(record: Record, holder: Collection) -> int:
    """When it was made, in milliseconds since 1970. What was imported came with its collection."""
    return max(int(record.rowid[:12], HEX), int(holder.space[:11], HEX))


def _remove(portion: Sequence[Change]) -> None:
    """Remove them; whatever is gone already, or was changed just now, stands in no other's way."""
    try:
        write_with_files(portion)
    except Conflict:
        for change in portion:
            with suppress(Conflict):
                write_with_files([change])
