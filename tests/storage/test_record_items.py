"""How large a record may be: whatever its collection gets later, it fits."""

import base64
import random

import pytest

from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import ItemTooLarge
from chalicelib.storage.items import LARGEST, size_of
from chalicelib.storage.record_items import ROOM_BESIDE, item_of
from chalicelib.storage.slot_keys import slot_attributes
from chalicelib.storage.transactions import Create, Update, write_together
from tests.storage.samples import make_record

NAMES = [f"f{n}" for n in range(15)]
FIELDS = [{"name": name, "type": "text"} for name in (*NAMES, "long")]
BARE = complete(Collection.from_json({"name": "t", "fields": FIELDS}))
FULL = complete(
    BARE.merged_with({"indexes": [f"CREATE INDEX i{name} ON t ({name})" for name in NAMES]}), BARE
)


def record_of(size: int) -> Record:
    """A record whose data takes about so many bytes once compressed."""
    noise = base64.b85encode(random.Random(1).randbytes(size)).decode()
    return make_record(BARE, "r" * 255, long=noise, **dict.fromkeys(NAMES, "\U0001f600" * 1000))


def largest() -> Record:
    """The largest record that is accepted, within some bytes."""
    low, high = 0, LARGEST
    while high - low > 64:
        middle = (low + high) // 2
        try:
            item_of(record_of(middle))
            low = middle
        except ItemTooLarge:
            high = middle
    return record_of(low)


def test_the_largest_record_fits_into_all_slots_that_its_collection_may_get(engine: Engine) -> None:
    record = largest()
    assert len(item_of(record).blob) > LARGEST - ROOM_BESIDE - 256
    (stored,) = write_together([Create(record)])
    placed = Record(FULL, stored.values, stored.rowid, stored.rev, stored.stamp)
    assert len(slot_attributes(placed)) == 30
    assert size_of(item_of(placed).to_attributes(slot_attributes(placed))) > LARGEST - ROOM_BESIDE + 15_000
    write_together([Update(placed, placed)])


def test_a_larger_one_is_refused(engine: Engine) -> None:
    with pytest.raises(ItemTooLarge):
        write_together([Create(record_of(LARGEST))])
