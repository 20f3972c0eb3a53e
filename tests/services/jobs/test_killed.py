"""Whoever counts is stopped anywhere, and the same changes come again: each still counts once."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from chalicelib.jobs.record_stream import follow_changes
from chalicelib.jobs.totals import reconcile_totals
from chalicelib.storage.counters import AT_ONCE, find_difference, find_total
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy
from tests.services.jobs.test_record_stream import NOTHING_FAILED, change
from tests.services.records.conftest import blog  # noqa: F401
from tests.services.records.world import add, collection
from tests.storage.faults import Fault, Faulty, Killed, Mortal

MANY = [change(number * 10, pk=f"R#{'posts' if number % 3 else 'users'}#x") for number in range(2 * AT_ONCE)]
FEW = [change(number, "REMOVE" if number % 4 == 3 else "INSERT") for number in range(9)]


@pytest.mark.parametrize(
    ("changes", "totals"), [(MANY, {"posts": 120, "users": 60}), (FEW, {"posts": 5})], ids=["many", "few"]
)
def test_a_batch_that_comes_again_after_each_write(
    engine: Engine, changes: list[dict[str, object]], totals: dict[str, int]
) -> None:
    deaths = 0
    for last in range(1, 9):  # each life goes on where the one before was stopped
        send, engine.send = engine.send, Mortal(engine.send, last)
        try:
            follow_changes(changes)
        except Killed:
            deaths += 1
        engine.send = send
    assert deaths
    assert follow_changes(changes) == NOTHING_FAILED
    assert {space: find_total(space) for space in totals} == totals
    follow_changes(changes[len(changes) // 2 :])
    assert {space: find_total(space) for space in totals} == totals


@pytest.mark.parametrize("operation", ["BatchGetItem", "TransactWriteItems"])
def test_a_busy_table_is_waited_for(engine: Engine, operation: str) -> None:
    engine.pause = lambda seconds: None
    engine.send = faulty = Faulty(engine.send, [Fault(operation, Busy("slow down"), times=5)])
    assert follow_changes(FEW) == NOTHING_FAILED
    assert faulty.faults[0].times == 0
    assert find_total("posts") == 5


@pytest.mark.parametrize("last", [1, 2, 3, 4])
def test_a_reconciliation_that_was_stopped_is_done_again(blog: Engine, last: int) -> None:  # noqa: F811
    for place in range(3):
        add("authors", name=f"n{place}")
    space = collection("authors").space
    reconcile_totals()
    _killed_after(blog, last, reconcile_totals)
    for _ in range(3):
        reconcile_totals()
    assert (find_total(space), find_difference(space)) == (3, 0)


def _killed_after(engine: Engine, last: int, run: Callable[[], object]) -> None:
    send, engine.send = engine.send, Mortal(engine.send, last)
    with suppress(Killed):
        run()
    engine.send = send
