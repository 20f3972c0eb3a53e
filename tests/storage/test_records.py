"""Reading records: what was stored comes back, in order, within bounds."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.password import PlainPassword
from chalicelib.schema.record import Record
from chalicelib.storage import items
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.collections import save_collections
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import (
    count_all,
    find_by_unique,
    find_record,
    find_record_and_version,
    find_records,
    read,
    read_pages,
)
from chalicelib.storage.transactions import Create, Delete, Update, write_together
from tests.storage.faults import Faulty
from tests.storage.samples import PEOPLE, POSTS, everything, make_collection, make_record, the_one, these

anything = st.text(st.characters(), max_size=40)
many = st.lists(anything, max_size=4)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3),
    max_leaves=8,
)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.fixed_dictionaries(
    {
        "title": anything,
        "body": anything | st.integers(1, 3).map(lambda times: "long text, " * 1000 * times),
        "count": numbers,
        "done": st.booleans(),
        "due": st.sampled_from(["", "2024-01-02 03:04:05.006Z"]),
        "state": anything,
        "tags": many,
        "owner": anything,
        "likes": many,
        "meta": json,
        "secret": anything,
        "place": st.fixed_dictionaries({"lon": numbers, "lat": numbers}),
    }
)


def create(*records: Record) -> list[Record]:
    return [write_together([Create(record)])[0] for record in records]


def posts(count: int, **given: Any) -> list[Record]:
    return create(*(make_record(POSTS, f"p{number:03}", **given) for number in range(count)))


def ids_of(found: Any) -> list[str]:
    return [record.id for record in found]


@given(given_values=values, record_id=anything.filter(bool))
@limits(max_examples=60)
def test_values_survive(engine: Engine, given_values: dict[str, Any], record_id: str) -> None:
    (stored,) = create(make_record(POSTS, record_id, **given_values))
    assert find_record(POSTS, record_id) == stored
    assert find_records(POSTS, [record_id]) == {record_id: stored}
    assert list(read(POSTS, everything(), Budget(10))) == [stored]
    write_together([Delete(stored)])
    assert find_record(POSTS, record_id) is None
    assert list(read(POSTS, everything(), Budget(10))) == []


@pytest.mark.parametrize("value", [0, False, "", [], {}, "null"])
def test_json_keeps_what_looks_empty(engine: Engine, value: Any) -> None:
    create(make_record(POSTS, "p1", meta=value))
    stored = find_record(POSTS, "p1")
    assert stored is not None
    assert stored.values["meta"] == value
    assert type(stored.values["meta"]) is type(value)


def test_empty_values_need_no_room(engine: Engine) -> None:
    posts(1)
    record = engine.get(("R#space-posts#p000", "R"))
    assert record is not None
    assert record["data"] == {"S": '{"c0":"p000"}'}


def test_a_password_is_not_stored_as_typed(engine: Engine) -> None:
    with pytest.raises(ValueError, match="secret is not hashed"):
        create(make_record(POSTS, "p1", secret=PlainPassword("hunter2")))
    assert engine.calls.total == 0


def test_absent(engine: Engine) -> None:
    assert find_record(POSTS, "nobody") is None
    assert find_records(POSTS, ["nobody", "none"]) == {}
    assert find_records(POSTS, []) == {}
    assert list(read(POSTS, everything(), Budget(10))) == []


def test_a_point_is_one_consistent_get(engine: Engine) -> None:
    posts(1)
    engine.send = faulty = Faulty(engine.send)
    assert find_record(POSTS, "p000")
    ((operation, arguments),) = faulty.asked
    assert (operation, arguments["ConsistentRead"]) == ("GetItem", True)


def test_a_record_and_the_version_come_in_one_call(engine: Engine) -> None:
    version = save_collections([{"id": "c"}], [], "")
    (stored,) = posts(1)
    engine.calls.reset()
    assert find_record_and_version(POSTS, "p000") == (stored, version)
    assert find_record_and_version(POSTS, "nobody") == (None, version)
    assert engine.calls.by_operation == {"BatchGetItem": 2}


def test_no_version_yet(engine: Engine) -> None:
    assert find_record_and_version(POSTS, "nobody") == (None, "")


def test_by_unique_values(engine: Engine) -> None:
    (ann, _) = create(
        make_record(PEOPLE, "a", name="Ann", slug="x#1", age=3),
        make_record(PEOPLE, "b", name="", slug="x", age=3),
    )
    by_name, by_slug = PEOPLE.unique_indexes
    assert find_by_unique(PEOPLE, by_name, ("aNN",)) == ann
    assert find_by_unique(PEOPLE, by_slug, ("x#1", 3)) == ann
    assert find_by_unique(PEOPLE, by_name, ("",)) is None
    assert find_by_unique(PEOPLE, by_slug, ("x#1", 4)) is None


def test_plans(engine: Engine) -> None:
    create(*(make_record(PEOPLE, each, name=each, slug=each) for each in ("c", "a", "b")))
    assert ids_of(read(PEOPLE, everything(), Budget(9))) == ["c", "a", "b"]
    assert ids_of(read(PEOPLE, everything(backwards=True), Budget(9))) == ["b", "a", "c"]
    assert sorted(ids_of(read(PEOPLE, these("a", "x", "b"), Budget(9)))) == ["a", "b"]
    assert ids_of(read(PEOPLE, the_one(PEOPLE, "idx_name", "A"), Budget(9))) == ["a"]
    assert ids_of(read(PEOPLE, the_one(PEOPLE, "idx_name", "x"), Budget(9))) == []


def test_updating_keeps_the_place(engine: Engine) -> None:
    first, _, _ = posts(3)
    write_together([Update(first, first.having(title="changed"))])
    assert ids_of(read(POSTS, everything(), Budget(9))) == ["p000", "p001", "p002"]


def test_thirty_of_many_are_one_small_query(engine: Engine) -> None:
    posts(70)
    engine.calls.reset()
    stream = read(POSTS, everything(), Budget(100), first=30)
    assert len([next(stream) for _ in range(30)]) == 30
    assert engine.calls.by_operation == {"Query": 1}


def test_the_budget_ends_a_read(engine: Engine) -> None:
    posts(5)
    budget = Budget(3)
    with pytest.raises(BudgetExceeded) as exceeded:
        list(read(POSTS, everything(), budget))
    assert exceeded.value.limit == 3
    assert budget.left < 0


def test_records_are_counted_and_not_fetched(engine: Engine) -> None:
    posts(7, body="x" * (items.LARGE + 1))
    engine.calls.reset()
    budget = Budget(7)
    assert (count_all(POSTS, budget), count_all(POSTS)) == (7, 7)
    assert budget.left == 0
    assert engine.calls.by_operation == {"Query": 2}
    with pytest.raises(BudgetExceeded):
        count_all(POSTS, Budget(6))


def test_large_records_are_fetched_together(engine: Engine) -> None:
    large = "x" * (items.LARGE + 1)
    create(*(make_record(POSTS, f"p{n}", body=large if n % 2 else "small") for n in range(6)))
    engine.calls.reset()
    found = list(read(POSTS, everything(), Budget(10)))
    assert ids_of(found) == [f"p{n}" for n in range(6)]
    assert found[1].values["body"] == large
    assert engine.calls.by_operation == {"Query": 1, "BatchGetItem": 1}


def test_a_large_record_leaves_the_index_small(engine: Engine) -> None:
    (stored,) = posts(1, body="x" * 300_000)
    item = engine.get(("R#space-posts#p000", "R"))
    assert item is not None
    assert "data" not in item
    assert len(item["blob"]["B"]) < 1000
    assert find_record(POSTS, "p000") == stored


def test_pages_go_through_everything(engine: Engine) -> None:
    posts(5)
    assert [ids_of(page) for page in read_pages(POSTS)] == [[f"p{n:03}" for n in range(5)]]


def test_collections_do_not_see_each_other(engine: Engine) -> None:
    posts(2)
    remade = replace(POSTS, space="space-new")
    assert find_record(remade, "p000") is None
    assert list(read(remade, everything(), Budget(9))) == []
    create(make_record(remade, "p000", title="new"))
    assert ids_of(read(POSTS, everything(), Budget(9))) == ["p000", "p001"]


FIELD = {"id": "f1", "type": "select", "name": "tags", "values": ["a", "b"]}


def _altered(collection: Collection, field: dict[str, Any]) -> Collection:
    return collection.merged_with({"fields": [field]}).with_columns()


def test_a_renamed_field_keeps_its_values(engine: Engine) -> None:
    before = make_collection("things", FIELD)
    create(make_record(before, "t1", tags="a"))
    stored = find_record(_altered(before, {**FIELD, "name": "labels"}), "t1")
    assert stored is not None
    assert stored.values["labels"] == "a"


def test_a_field_added_anew_is_empty(engine: Engine) -> None:
    before = make_collection("things", FIELD)
    create(make_record(before, "t1", tags="a"))
    gone = before.merged_with({"fields": []}).with_columns()
    stored = find_record(_altered(gone, {**FIELD, "id": "f2"}), "t1")
    assert stored is not None
    assert stored.values["tags"] == ""


@pytest.mark.parametrize(
    ("was", "stored_as", "becomes", "read_as"),
    [(1, "a", 2, ["a"]), (2, ["a", "b"], 1, "b"), (1, "", 2, []), (2, [], 1, "")],
    ids=["one to several", "several to one", "none to several", "several to none"],
)
def test_a_field_changes_its_shape(
    engine: Engine, was: int, stored_as: Any, becomes: int, read_as: Any
) -> None:
    before = make_collection("things", {**FIELD, "maxSelect": was})
    create(make_record(before, "t1", tags=stored_as))
    stored = find_record(_altered(before, {**FIELD, "maxSelect": becomes}), "t1")
    assert stored is not None
    assert stored.values["tags"] == read_as


def _toggled(collection: Collection, *most: int) -> Collection:
    for max_select in most:
        collection = _altered(collection, {**FIELD, "maxSelect": max_select})
    return collection


@pytest.mark.parametrize(
    ("was", "stored_as", "path", "read_as"),
    [
        (2, ["a", "b"], (1, 2), ["b"]),
        (2, ["a", "b"], (2, 1, 1, 2), ["b"]),
        (2, ["a", "b"], (1, 2, 1), "b"),
        (1, "a", (2, 1), "a"),
        (1, "", (2, 1, 2), []),
        (2, [], (1, 2), []),
    ],
)
def test_what_a_change_of_shape_took_stays_away(
    engine: Engine, was: int, stored_as: Any, path: tuple[int, ...], read_as: Any
) -> None:
    before = make_collection("things", {**FIELD, "maxSelect": was})
    create(make_record(before, "t1", tags=stored_as))
    stored = find_record(Collection.from_stored(_toggled(before, *path).to_stored()), "t1")
    assert stored is not None
    assert stored.values["tags"] == read_as


def test_a_value_written_between_two_changes_of_shape_counts(engine: Engine) -> None:
    before = make_collection("things", {**FIELD, "maxSelect": 2})
    create(make_record(before, "t1", tags=["a", "b"]), make_record(before, "t2", tags=["a"]))
    single = _toggled(before, 1)
    for record_id, tags in (("t1", "a"), ("t2", "")):
        read_single = find_records(single, [record_id])[record_id]
        write_together([Update(read_single, read_single.having(tags=tags))])
    found = find_records(_toggled(single, 2), ["t1", "t2"])
    assert [found[each].values["tags"] for each in ("t1", "t2")] == [["a"], []]


def test_who_does_not_know_a_new_field_yet_keeps_its_value(engine: Engine) -> None:
    known_late = make_collection("things", FIELD)
    both = known_late.merged_with({"fields": [FIELD, {"id": "x1", "name": "x", "type": "text"}]})
    both = both.with_columns()
    create(make_record(both, "t1", tags="a", x="precious"))
    for tags in ("", "b"):
        ((stale,),) = read_pages(known_late)
        write_together([Update(stale, stale.having(tags=tags))])
    stored = find_records(both, ["t1"])["t1"]
    assert (stored.get("tags"), stored.get("x")) == ("b", "precious")
    write_together([Update(stored, stored.having(x=""))])
    assert find_records(both, ["t1"])["t1"].get("x") == ""


def test_what_a_deleted_field_held_goes_with_the_next_write(engine: Engine) -> None:
    before = make_collection("things", FIELD)
    create(make_record(before, "t1", tags="a"))
    gone = before.merged_with({"fields": []}).with_columns()
    stored = find_records(gone, ["t1"])["t1"]
    write_together([Update(stored, stored)])
    assert find_records(before, ["t1"])["t1"].get("tags") == ""


def test_a_claim_is_believed_only_while_its_owner_has_the_value(engine: Engine) -> None:
    (ann,) = create(make_record(PEOPLE, "a", name="Ann"))
    unaware = replace(PEOPLE, indexes=())
    write_together(
        [Update(replace(ann, collection=unaware), replace(ann.having(name="Bob"), collection=unaware))]
    )
    assert find_by_unique(PEOPLE, PEOPLE.unique_indexes[0], ("Ann",)) is None
