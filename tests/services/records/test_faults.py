"""A database that fails on purpose: whole or absent, nothing lost, nothing twice."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import Overloaded
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.related import RelatedRecords
from chalicelib.records.update import update_record
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, StorageFailure, Unavailable
from tests.services.records.world import add, ask, collection
from tests.storage.faults import Fault, Faulty

A = "a" * 15
WRITES: list[tuple[str, Callable[[], Any]]] = [
    ("PutItem", lambda: create_record("authors", ask(body={"name": "new"}))),
    ("TransactWriteItems", lambda: create_record("tags", ask(body={"name": "new"}))),
    ("PutItem", lambda: update_record("posts", A, ask(body={"count+": 1}))),
    ("TransactWriteItems", lambda: update_record("tags", A, ask(body={"name": "new"}))),
    ("DeleteItem", lambda: delete_record("notes", A, ask())),
    ("TransactWriteItems", lambda: delete_record("posts", A, ask())),
]
READS: list[tuple[str, Callable[[], Any]]] = [
    ("BatchGetItem", lambda: create_record("posts", ask(body={"title": "x", "author": A}))),
    ("GetItem", lambda: update_record("posts", A, ask(body={"count+": 1}))),
    ("Query", lambda: delete_record("posts", A, ask())),
]


def everything() -> dict[str, dict[str, int]]:
    """All records and how often each was written."""
    related = RelatedRecords()
    names = ("authors", "tags", "posts", "comments", "notes")
    return {name: {each.id: each.rev for each in related.everything(collection(name))} for name in names}


@pytest.fixture
def filled(blog: Engine) -> Engine:
    add("authors", id=A, name="ann")
    add("tags", id=A, name="t")
    add("posts", id=A, title="p", author=A)
    add("comments", id=A, post=A)
    add("notes", id=A, name="ok")
    return blog


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(("operation", "run"), WRITES + READS)
def test_throttling_for_a_while_is_waited_out(filled: Engine, operation: str, run: Callable[[], Any]) -> None:
    filled.send = faulty = Faulty(filled.send, [Fault(operation, Busy("slow down"), times=3)])
    before = everything()
    run()
    assert faulty.faults[0].times == 0
    changed = [name for name, records in everything().items() if records != before[name]]
    assert changed


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(("operation", "run"), WRITES + READS)
@pytest.mark.parametrize("error", [Busy("slow down"), Unavailable("gone")])
def test_a_database_that_does_not_come_back_changes_nothing(
    filled: Engine, operation: str, run: Callable[[], Any], error: StorageFailure
) -> None:
    before, send = everything(), filled.send
    filled.send = Faulty(send, [Fault(operation, error, times=1000)])
    with pytest.raises((StorageFailure, Overloaded)):
        run()
    filled.send = send
    assert everything() == before


@pytest.mark.usefixtures("warm")
def test_a_crash_within_a_truncation_leaves_what_can_be_truncated_again(filled: Engine) -> None:
    from_there = Faulty(filled.send, [Fault("TransactWriteItems", Unavailable("gone"))])
    send, filled.send = filled.send, from_there
    with pytest.raises(StorageFailure):
        delete_record("authors", A, ask())
    filled.send = send
    delete_record("authors", A, ask())
    assert everything()["posts"] == {A: 2}
    assert everything()["authors"] == {}
