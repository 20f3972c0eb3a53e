"""Where a record is in its collection's slots, and which stretch of a slot holds the records that are wanted.

A column's text is cut when it has no room in the key. Cut texts end with a mark that sorts after whatever
can follow, so that keys sort as the whole texts do, but for those that are the same up to the cut: these
stand together, and whoever needs their order sorts them.
"""

from collections.abc import Iterator

from chalicelib.filters.access import BySlot
from chalicelib.filters.sql_text import SqlValue, to_sql
from chalicelib.frozen import dataclass
from chalicelib.schema.index_values import collate
from chalicelib.schema.indexes import IndexColumn
from chalicelib.schema.record import Record
from chalicelib.schema.slots import Slot
from chalicelib.storage import keys
from chalicelib.storage.order import sort_key, sort_text

# DynamoDB's limit of a sort key, in bytes, and what the rowid may take of it.
LONGEST = 1024
ROWID_ROOM = 40
CUT = "\U0010ffff"
# Sorts within one column: its end, whatever follows its text otherwise, and all kinds of values.
END, NEXT, LOWEST, HIGHEST = "\x00", "\x01", "0", "3"


@dataclass(frozen=True)
class Stretch:
    """Sort keys that begin with `start`; if there are bounds, only those between them."""

    start: str
    low: str = ""
    high: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing can lie between the bounds."""
        return self.low > self.high

    def as_bounds(self) -> "Stretch":
        """The same with bounds."""
        return self if self.high else Stretch("", self.start or LOWEST, self.start + CUT * 5)


def slot_attributes(record: Record) -> dict[str, str]:
    """The attributes that place a record in its collection's slots."""
    space = record.collection.space
    shard = keys.shard_of(record.id, record.collection.shards.now)
    placed: dict[str, str] = {}
    for slot in record.collection.slots:
        if slot.applies_to(record.values):
            placed[f"g{slot.number}pk"] = keys.slot_key(space, slot.tag, shard)
            placed[f"g{slot.number}sk"] = slot_sort(slot, record)
    return placed


def slot_sort(slot: Slot, record: Record) -> str:
    """A record's sort key in a slot."""
    return sort_key(_cut(text, _room(slot)) for text in _texts(slot, record)) + record.rowid


def whole_sort(slot: Slot, record: Record) -> str:
    """What the sort key would be if it could be of any length."""
    return sort_key(_texts(slot, record)) + record.rowid


def kept_sort(slot: Slot, whole: str) -> str:
    """The sort key that is made of a whole one."""
    *texts, rowid = whole.split(END)
    return sort_key(_cut(text, _room(slot)) for text in texts) + rowid


def rowid_in(sort: str) -> str:
    """The rowid at the end of a sort key."""
    return sort.rpartition(END)[2]


def cut_part_of(sort: str) -> str:
    r"""A sort key up to its first cut text; empty when nothing was cut.

    >>> cut_part_of("2a\x002long\U0010ffff\x002c\x00rowid"), cut_part_of("2a\x002b\x00rowid")
    ('2a\x002long\U0010ffff\x00', '')
    """
    head, mark, _ = sort.partition(CUT + END)
    return head + mark if mark else ""


def stretch_of(access: BySlot) -> Stretch:
    """The sort keys that are wanted; more may lie between, which are tested anyway."""
    room, columns = _room(access.slot), access.slot.columns
    equal = [_text(value, column) for value, column in zip(access.equal, columns, strict=False)]
    start = sort_key(_cut(text, room) for text in equal)
    if len(equal) == len(columns) or (access.prefix, access.low, access.high) == (None, None, None):
        return Stretch(start)
    column = columns[len(equal)]
    if access.prefix is not None:
        return Stretch(start + _kept(_text(access.prefix, column), room))
    return Stretch(start, start + _lowest(access, column, room), start + _highest(access, column, room))


def _lowest(access: BySlot, column: IndexColumn, room: int) -> str:
    if access.low is None:
        return LOWEST
    text = _text(access.low.value, column)
    kept = _kept(text, room)
    return kept if kept != text or access.low.inclusive else text + NEXT


def _highest(access: BySlot, column: IndexColumn, room: int) -> str:
    if access.high is None:
        return HIGHEST
    text = _text(access.high.value, column)
    kept = _cut(text, room)
    return kept + (NEXT if kept != text or access.high.inclusive else END)


def _texts(slot: Slot, record: Record) -> Iterator[str]:
    return (_text(record.values.get(column.name), column) for column in slot.columns)


def _text(value: SqlValue, column: IndexColumn) -> str:
    return sort_text(collate(to_sql(value), column.collate))


def _room(slot: Slot) -> int:
    """How many bytes each column has."""
    count = len(slot.columns)
    return (LONGEST - ROWID_ROOM) // count - len((CUT + END).encode())


def _cut(text: str, room: int) -> str:
    """A text as it is kept in a key: whole when there is room, and when it is Unicode."""
    kept = _kept(text, room)
    return text if kept == text else kept + CUT


def _kept(text: str, room: int) -> str:
    return _unicode_part(text[: room + 1]).encode()[:room].decode(errors="ignore")


def _unicode_part(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return text[: error.start]
    return text
