"""Writing records again as they are, which brings them under whatever their collection got since."""

from collections.abc import Sequence

from chalicelib.schema.record import Record
from chalicelib.storage.failures import Conflict, NotUnique, TooManyItems
from chalicelib.storage.portions import in_portions
from chalicelib.storage.records import find_record
from chalicelib.storage.transactions import Update, refuse_taken, write_together

ATTEMPTS = 10


def write_again(records: Sequence[Record]) -> None:
    """Each under the condition that it has not changed. Raises NotUnique when two have equal values."""
    for changes in in_portions([Update(record, record) for record in records]):
        try:
            write_together(changes)
        except (Conflict, NotUnique, TooManyItems):
            # What was read may be outdated: each by itself is read again until it is written.
            for record in records:
                _write_one_again(record)
            return


def is_certain(records: Sequence[Record]) -> bool:
    """Whether values of these are really others', not only in the way while others change."""
    try:
        refuse_taken([Update(record, record) for record in records])
    except NotUnique:
        return True
    return False


def _write_one_again(record: Record) -> None:
    """A record that others may be writing, too, or have removed."""
    found: Record | None = record
    for _ in range(ATTEMPTS):
        if found is None:
            return
        try:
            write_together([Update(found, found)])
        except Conflict:
            found = find_record(found.collection, found.id)
        else:
            return
    raise Conflict(record.id)
