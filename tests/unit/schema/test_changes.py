"""What a changed definition means for the records that are there: which indexes have to be filled."""

import pytest

from chalicelib.schema.building import Refused
from chalicelib.schema.changes import added_indexes, with_all_ready, without_index
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from tests.unit.schema.definitions import saved

FIELDS = [
    {"id": "a1", "name": "a", "type": "text"},
    {"id": "b1", "name": "b", "type": "text"},
    {"id": "s1", "name": "s", "type": "select", "values": ["x", "y"], "maxSelect": 1},
]
ONE = "CREATE UNIQUE INDEX one ON t (a) WHERE a != ''"
TWO = "CREATE UNIQUE INDEX two ON t (s)"
OLD = saved({"name": "t", "fields": FIELDS, "indexes": [ONE, TWO]})
A, B, S = FIELDS

CHANGES = [
    ("nothing", {}, []),
    ("another collection name", {"name": "u"}, []),
    ("no index", {"indexes": []}, []),
    ("another index name", {"indexes": [ONE.replace("one", "uno"), TWO]}, []),
    ("another order", {"indexes": [TWO, ONE.replace("(a)", "(a DESC)")]}, []),
    ("an index more", {"indexes": [ONE, TWO, "CREATE UNIQUE INDEX three ON t (b)"]}, ["three"]),
    ("an index that is not unique", {"indexes": [ONE, TWO, "CREATE INDEX three ON t (b)"]}, []),
    ("another column under the old name", {"indexes": [ONE.replace("(a)", "(b)"), TWO]}, ["one"]),
    ("another collation", {"indexes": [ONE.replace("(a)", "(a COLLATE NOCASE)"), TWO]}, ["one"]),
    ("another condition", {"indexes": [ONE.replace("''", "'x'"), TWO]}, ["one"]),
    ("no condition", {"indexes": ["CREATE UNIQUE INDEX one ON t (a)", TWO]}, ["one"]),
    (
        "a field renamed",
        {
            "fields": [{**A, "name": "c"}, B, S],
            "indexes": [ONE.replace("(a)", "(c)").replace("a !", "c !"), TWO],
        },
        [],
    ),
    ("two fields that swap names", {"fields": [{**A, "name": "b"}, {**B, "name": "a"}, S]}, ["one"]),
    ("a field that became multiple", {"fields": [A, B, {**S, "maxSelect": 2}]}, ["two"]),
]


@pytest.mark.parametrize(("change", "expected"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_indexes_to_fill(change, expected):
    new = complete(OLD.merged_with(change), OLD)
    assert [index.name for index in added_indexes(new, OLD)] == expected


def test_a_slot_is_never_given_twice():
    without = complete(OLD.merged_with({"indexes": [TWO]}), OLD)
    again = complete(without.merged_with({"indexes": [ONE, TWO]}), without)
    assert again.indexes[0].slot not in {index.slot for index in OLD.indexes}
    assert again.indexes[1].slot == OLD.indexes[1].slot


def building():
    """A definition with a unique index that is being built, and a ready one."""
    return complete(OLD.merged_with({"indexes": [ONE, "CREATE UNIQUE INDEX three ON t (b)"]}), OLD)


def test_an_added_unique_index_is_built_and_others_stay_ready():
    new = building()
    assert [(index.name, index.is_ready) for index in new.indexes] == [("one", True), ("three", False)]
    assert [index.name for index in new.ready_indexes] == ["one"]
    assert new.to_json()["quoll"] == {"building": [{"name": "three"}]}
    later = complete(new.merged_with({"listRule": ""}), new)
    assert later.indexes == new.indexes
    ready = with_all_ready(later)
    assert ready.ready_indexes == ready.unique_indexes
    assert "quoll" not in ready.to_json()


def test_an_index_that_becomes_unique_is_built_though_its_slot_is_ready():
    plain = complete(OLD.merged_with({"indexes": [*[ONE, TWO], "CREATE INDEX three ON t (b)"]}), OLD)
    ready = with_all_ready(plain)
    new = complete(ready.merged_with({"indexes": [ONE, TWO, "CREATE UNIQUE INDEX three ON t (b)"]}), ready)
    assert new.ready_slots == new.slots
    assert [each.name_in(new.field_by_id) for each in new.building] == ["three"]


def test_a_new_collection_has_ready_indexes():
    assert OLD.ready_indexes == OLD.unique_indexes


def test_it_is_stored_what_is_built_and_what_was_refused():
    new = building()
    assert Collection.from_stored(new.to_stored()) == new
    refused = without_index(new, new.indexes[1].slot, "because")
    assert Collection.from_stored(refused.to_stored()) == refused
    before = {
        key: value for key, value in new.to_stored().items() if key not in ("claiming", "filling", "refused")
    }
    assert Collection.from_stored(before).ready_indexes == with_all_ready(new).indexes


def test_an_index_is_taken_out_with_its_slot():
    new = building()
    left = without_index(new, new.indexes[1].slot, "because")
    assert ([index.name for index in left.indexes], left.building) == (["one"], ())
    assert [slot.index for slot in left.slots] == ["one"]
    assert left.refused == (Refused("CREATE UNIQUE INDEX three ON t (b)", "because"),)
    assert left.to_json()["quoll"] == {"refused": [{"index": left.refused[0].index, "reason": "because"}]}
    assert without_index(new, new.indexes[1].slot).refused == ()
    assert without_index(new, "unknown", "because") == new
    assert left.merged_with({"quoll": left.to_json()["quoll"]}).refused == ()
