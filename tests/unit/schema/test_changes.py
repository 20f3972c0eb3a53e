"""What a changed definition means for the records that are there: which indexes have to be filled."""

import pytest

from chalicelib.schema.changes import added_indexes
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
