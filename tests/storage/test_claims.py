"""Claims that a writer left behind who knew nothing of the index: they stand in nobody's way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.schema.record import Record
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import IdTaken, NotUnique
from chalicelib.storage.records import find_by_unique, find_record
from chalicelib.storage.transactions import Create, Delete, Update, write_together
from tests.storage.samples import PEOPLE, make_record

BY_NAME, BY_SLUG = PEOPLE.unique_indexes
UNAWARE = replace(PEOPLE, indexes=())


def person(record_id: str, name: str, slug: str = "") -> Record:
    return make_record(PEOPLE, record_id, name=name, slug=slug or record_id)


def create(record_id: str, name: str, slug: str = "") -> Record:
    return write_together([Create(person(record_id, name, slug))])[0]


def stored(record_id: str) -> Record:
    record = find_record(PEOPLE, record_id)
    assert record is not None
    return record


def change_unaware(record_id: str, **values: Any) -> None:
    record = replace(stored(record_id), collection=UNAWARE)
    write_together([Update(record, record.having(**values))])


def delete_unaware(record_id: str) -> None:
    write_together([Delete(replace(stored(record_id), collection=UNAWARE))])


def named(name: str) -> str | None:
    record = find_by_unique(PEOPLE, BY_NAME, (name,))
    return record and record.id


LEFT: list[Callable[[], None]] = [
    lambda: change_unaware("a", name="other", slug="other"),
    lambda: change_unaware("a", name="", slug="other"),
    lambda: delete_unaware("a"),
]
left = pytest.mark.parametrize("leave", LEFT, ids=["changed", "out of the partial index", "deleted"])


@left
def test_who_wants_a_claim_that_was_left_gets_it(engine: Engine, leave: Callable[[], None]) -> None:
    create("a", "Ann", "ann")
    leave()
    create("b", "Ann", "ann")
    assert named("ann") == "b"
    with pytest.raises(NotUnique):
        create("c", "ANN")


@left
def test_an_update_gets_it_too(engine: Engine, leave: Callable[[], None]) -> None:
    create("a", "Ann", "ann")
    bob = create("b", "Bob")
    leave()
    write_together([Update(bob, bob.having(name="Ann", slug="ann"))])
    assert (named("Ann"), named("Bob")) == ("b", None)


def test_one_claim_left_does_not_open_another(engine: Engine) -> None:
    create("a", "Ann", "ann")
    change_unaware("a", name="other")
    with pytest.raises(NotUnique) as refused:
        create("b", "Ann", "ann")
    assert refused.value.index == BY_SLUG
    assert find_record(PEOPLE, "b") is None


def test_an_id_that_is_taken_stays_so(engine: Engine) -> None:
    create("a", "Ann", "ann")
    change_unaware("a", name="other", slug="other")
    with pytest.raises((IdTaken, NotUnique)):
        create("a", "Ann", "ann")
    assert stored("a").get("name") == "other"


def test_its_owner_may_take_the_value_back_meanwhile(engine: Engine) -> None:
    """Between the look at the owner and the writing: the look must not count any more."""
    create("a", "Ann")
    change_unaware("a", name="other")
    send, done = engine.send, []

    def meanwhile(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and len(done) < 2:
            done.append(operation)
            if len(done) == 2:
                engine.send = send
                write_together([Update(owner := stored("a"), owner.having(name="Ann"))])
        return send(operation, arguments)

    engine.send = meanwhile
    with pytest.raises(NotUnique):
        create("b", "Ann")
    assert (len(done), named("Ann"), find_record(PEOPLE, "b")) == (2, "a", None)


def test_whose_value_another_holds_can_be_changed_and_deleted(engine: Engine) -> None:
    create("a", "Ann")
    create("b", "Bob")
    change_unaware("b", name="Ann")
    write_together([Update(twin := stored("b"), twin.having(name="Cid"))])
    assert (named("Ann"), named("Cid")) == ("a", "b")
    change_unaware("b", name="Ann")
    write_together([Delete(stored("b"))])
    assert named("Ann") == "a"
    with pytest.raises(NotUnique):
        create("c", "Ann")
    create("c", "Cid")


def test_a_refusal_costs_two_reads(engine: Engine) -> None:
    create("a", "Ann")
    engine.calls.reset()
    with pytest.raises(NotUnique):
        create("b", "Ann")
    assert engine.calls.by_operation == {"TransactWriteItems": 1, "BatchGetItem": 2}
