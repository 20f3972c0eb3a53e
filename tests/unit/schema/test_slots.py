"""Which slots and edges a definition gets, and which it keeps when it changes."""

from dataclasses import replace

import pytest

from chalicelib.schema.changes import with_access, with_all_ready
from chalicelib.schema.collection import Collection
from chalicelib.schema.completion import complete
from chalicelib.schema.shapes import WrongShape
from chalicelib.schema.slots import BAD_SHARDS, Shards, check_shards
from tests.unit.schema.definitions import saved

A = {"id": "a1", "name": "a", "type": "text"}
B = {"id": "b1", "name": "b", "type": "number"}
ONE = {"id": "o1", "name": "one", "type": "relation", "collectionId": "x", "maxSelect": 1}
MANY = {"id": "m1", "name": "many", "type": "relation", "collectionId": "x", "maxSelect": 5}
TAGS = {"id": "s1", "name": "tags", "type": "select", "values": ["x"], "maxSelect": 3}
FILES = {"id": "f1", "name": "files", "type": "file", "maxSelect": 3}
FIELDS = [A, B, ONE, MANY, TAGS, FILES]
ON_A = "CREATE INDEX on_a ON t (a)"
ON_AB = "CREATE UNIQUE INDEX on_ab ON t (a, b DESC) WHERE b > 0"
OLD = saved({"name": "t", "fields": FIELDS, "indexes": [ON_A, ON_AB]})


def changed(old: Collection, data):
    return complete(old.merged_with(data), old)


def shown(collection):
    return [(slot.number, slot.index or slot.column_names[0], slot.state) for slot in collection.slots]


def test_a_new_collection_is_ready_at_once():
    assert shown(OLD) == [(2, "on_a", "ready"), (3, "on_ab", "ready"), (4, "one", "ready")]
    assert [(each.field_id, each.state) for each in OLD.edges] == [("m1", "ready"), ("s1", "ready")]
    assert OLD.ready_slots == OLD.slots
    assert [field.name for field in OLD.ready_edges] == ["many", "tags"]
    assert len({slot.tag for slot in OLD.slots}) == 3


@pytest.mark.parametrize(
    ("data", "slots"),
    [
        ({}, [(2, "on_a", "ready"), (3, "on_ab", "ready"), (4, "one", "ready")]),
        ({"indexes": [ON_AB]}, [(3, "on_ab", "ready"), (4, "one", "ready")]),
        (
            {"indexes": [ON_AB, "CREATE INDEX on_b ON t (b)"]},
            [(3, "on_ab", "ready"), (2, "on_b", "building"), (4, "one", "ready")],
        ),
        ({"indexes": ["CREATE UNIQUE INDEX x ON t (a DESC)"]}, [(2, "x", "ready"), (4, "one", "ready")]),
        (
            {"indexes": ["CREATE INDEX on_a ON t (a COLLATE NOCASE)"]},
            [(2, "on_a", "building"), (4, "one", "ready")],
        ),
        ({"indexes": ["CREATE INDEX on_one ON t (one)"]}, [(4, "on_one", "ready")]),
        ({"indexes": ["CREATE INDEX on_one ON t (one, a)"]}, [(2, "on_one", "building")]),
        (
            {"indexes": ["CREATE INDEX part ON t (one) WHERE a = ''"]},
            [(2, "part", "building"), (4, "one", "ready")],
        ),
        ({"indexes": [], "fields": [A, {**ONE, "maxSelect": 2}]}, []),
        ({"indexes": [], "fields": [A, {**MANY, "maxSelect": 1}]}, [(2, "many", "building")]),
        ({"fields": [{**A, "name": "b"}, {**B, "name": "a"}], "indexes": [ON_A]}, [(2, "on_a", "building")]),
        ({"fields": [{**A, "name": "c"}], "indexes": ["CREATE INDEX on_a ON t (c)"]}, [(2, "on_a", "ready")]),
        (
            {"indexes": [ON_A, "CREATE INDEX again ON t (a DESC)"]},
            [(2, "on_a", "ready"), (4, "one", "ready")],
        ),
    ],
)
def test_a_slot_is_kept_by_what_it_means(data, slots):
    new = changed(OLD, data)
    assert shown(new) == slots
    kept = {slot.tag for slot in OLD.slots}
    assert [slot.tag in kept for slot in new.slots] == [slot.is_ready for slot in new.slots]
    assert [slot.index or slot.field_id for slot in new.ready_slots] == [
        slot.index or slot.field_id for slot in new.slots if slot.state == "ready"
    ]


@pytest.mark.parametrize(
    ("fields", "edges"),
    [
        (FIELDS, {"m1": True, "s1": True}),
        ([*FIELDS, {**TAGS, "id": "s2", "name": "more"}], {"m1": True, "s1": True, "s2": False}),
        ([A, {**ONE, "maxSelect": 2}, {**MANY, "name": "lots"}], {"o1": False, "m1": True}),
        ([A, {**MANY, "maxSelect": 1}], {}),
    ],
)
def test_edges_are_kept_by_their_field(fields, edges):
    new = changed(OLD, {"fields": fields, "indexes": []})
    assert {each.field_id: each.is_ready for each in new.edges} == edges
    assert [field.id for field in new.ready_edges] == [each for each, ready in edges.items() if ready]


def test_edges_of_a_field_that_was_single_are_new_ones():
    single = changed(OLD, {"fields": [A, {**MANY, "maxSelect": 1}], "indexes": []})
    again = changed(single, {"fields": [A, MANY]})
    assert again.edges[0].tag != OLD.edges[0].tag
    assert not again.edges[0].is_ready


def test_a_slot_that_is_building_stays_so_until_all_are_ready():
    new = changed(
        OLD,
        {"indexes": ["CREATE INDEX on_b ON t (b)"], "fields": [*FIELDS, {**TAGS, "id": "z", "name": "z"}]},
    )
    later = changed(new, {"listRule": ""})
    assert (later.slots, later.edges) == (new.slots, new.edges)
    assert later.to_json()["quoll"] == {"building": [{"name": "on_b"}, {"name": "z"}]}
    ready = with_all_ready(later)
    assert ready.building == ()
    assert "quoll" not in ready.to_json()
    assert [each.tag for each in ready.slots] == [each.tag for each in later.slots]


def test_slots_are_stored():
    assert Collection.from_stored(OLD.to_stored()).slots == OLD.slots
    new = changed(OLD, {"indexes": [ON_AB, "CREATE INDEX on_b ON t (b)"]})
    restored = Collection.from_stored(new.to_stored())
    assert (restored.slots, restored.edges, restored.shards) == (new.slots, new.edges, new.shards)
    former = {
        key: value for key, value in new.to_stored().items() if key not in ("access", "edges", "shards")
    }
    bare = Collection.from_stored(former)
    assert (bare.slots, bare.edges, bare.shards) == ((), (), Shards(1, 1))


def test_relations_get_the_slots_that_the_indexes_leave():
    relations = [{**ONE, "id": f"o{n}", "name": f"one{n}"} for n in range(20)]
    indexes = [f"CREATE INDEX i{n} ON t (a) WHERE b = {n}" for n in range(12)]
    made = saved({"name": "t", "fields": [A, B, *relations], "indexes": indexes})
    assert [slot.number for slot in made.slots] == list(range(2, 17))
    assert [slot.column_names[0] for slot in made.slots[12:]] == ["one0", "one1", "one2"]
    fewer = changed(made, {"indexes": indexes[:11]})
    assert [slot.number for slot in fewer.slots if not slot.is_ready] == [13]
    more = changed(made, {"indexes": [*indexes, "CREATE INDEX more ON t (b)"]})
    assert [slot.column_names[0] for slot in more.slots[12:]] == ["b", "one0", "one1"]
    assert [slot.number for slot in more.slots if not slot.is_ready] == [16]


def test_a_definition_that_is_wrong_gets_what_can_be_served():
    texts = ["nonsense", "CREATE INDEX i ON t (zzz)", "CREATE INDEX j ON t (lower(a))", ON_A]
    made = complete(Collection.from_json({"name": "t", "fields": [A], "indexes": texts}))
    assert shown(made) == [(2, "on_a", "ready")]


def test_bringing_up_a_definition_is_done_once():
    bare = replace(OLD, slots=(), edges=())
    once = with_access(bare, bare)
    assert {slot.state for slot in once.slots} | {each.state for each in once.edges} == {"building"}
    assert with_access(once, once) == once


@pytest.mark.parametrize(("asked", "shards"), [({}, (1, 1)), (None, (1, 1)), ({"shards": 4}, (4, 4))])
def test_shards_are_an_option(asked, shards):
    made = Collection.from_json({"name": "t", "quoll": asked})
    assert made.shards == Shards(*shards)
    assert made.to_json().get("quoll") == ({"shards": 4} if shards[0] > 1 else None)
    assert Collection.from_stored(complete(made).to_stored()).shards == made.shards


def test_shards_that_were_used_are_remembered():
    four = Collection.from_json({"name": "t", "quoll": {"shards": 4}})
    assert four.merged_with({"quoll": {"shards": 2}}).shards == Shards(2, 4)
    assert four.merged_with({"quoll": {"building": ["x"]}}).shards == Shards(4, 4)


@pytest.mark.parametrize("wrong", ["x", 3, {"shards": "4"}, {"shards": 1.5}, [1]])
def test_shards_are_a_number(wrong):
    with pytest.raises(WrongShape):
        Collection.from_json({"name": "t", "quoll": wrong})


@pytest.mark.parametrize(
    ("count", "problem"), [(0, BAD_SHARDS), (-1, BAD_SHARDS), (1, None), (32, None), (33, BAD_SHARDS)]
)
def test_shards_have_bounds(count, problem):
    assert check_shards(Shards(count, 1)) == problem
