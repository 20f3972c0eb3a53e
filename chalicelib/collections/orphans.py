"""Removing what hung on the records of deleted auth collections: codes, links, known places.

Else a collection that is made anew under the old name, and thus the old id, would inherit links. Where there
is such a collection again, what was made after the deletion stays; and what an import has brought since, into
a space of its own.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice

from chalicelib.collections.load import get_newest
from chalicelib.files.keeping import write_with_files
from chalicelib.filters import Sort, having, make_plan
from chalicelib.frozen import dataclass
from chalicelib.schema.completion import ATTACHED
from chalicelib.schema.record import Record
from chalicelib.storage.failures import Conflict
from chalicelib.storage.portions import in_portions
from chalicelib.storage.records import read
from chalicelib.storage.transactions import Change, Delete

REFERENCE = "collectionRef"
HEX = 16


@dataclass(frozen=True)
class Deletion:
    """Which collection was deleted, in milliseconds since 1970 when, and which spaces hold what it leaves."""

    owner_id: str
    moment: int
    spaces: Container[str]


def remove_orphans(deletion: Deletion, size: int) -> Iterator[int]:
    """Remove what names a deleted collection, about `size` at a time; how many each time."""
    for name in ATTACHED:
        while found := _find(name, deletion, size):
            for portion in in_portions(Delete(each) for each in found):
                _remove(portion)
            yield len(found)


def _find(name: str, deletion: Deletion, size: int) -> list[Record]:
    owner_id, holder = deletion.owner_id, get_newest().catalog.find(name)
    if holder is None or holder.space not in deletion.spaces:
        return []
    plan = make_plan(having(holder.field_by_name[REFERENCE], owner_id), Sort(), holder)
    found = (each for each in read(holder, plan, None, size) if each.get(REFERENCE) == owner_id)
    some = list(islice(found, size))
    # Asked after reading: a collection is back before anything can be made for it.
    if not some or get_newest().catalog.find_by_id(owner_id) is None:
        return some
    older = (each for each in chain(some, found) if int(each.rowid[:12], HEX) < deletion.moment)
    return list(islice(older, size))


def _remove(portion: Sequence[Change]) -> None:
    """Remove them; whatever is gone already, or was changed just now, stands in no other's way."""
    try:
        write_with_files(portion)
    except Conflict:
        for change in portion:
            with suppress(Conflict):
                write_with_files([change])
