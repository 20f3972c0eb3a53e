"""Work that has its time: found when it is due, one runner's at a time, never lost."""

import pytest

from chalicelib.storage.due_tasks import (
    DueTask,
    drop_task,
    find_all_tasks,
    find_due_tasks,
    move_task,
    new_due_task,
    task_write,
)
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import ConditionFailed, Conflict, Unavailable
from tests.storage.faults import Fault, Faulty

NOW = 1_800_000_000_000


def add(engine: Engine, due: int, **state: object) -> DueTask:
    task = new_due_task("work", due, state)
    engine.write_all([task_write(task)])
    return task


def test_what_is_due_is_found_and_what_waits_is_not(engine: Engine) -> None:
    last, first = add(engine, NOW, n=1), add(engine, NOW - 5, n=2)
    waiting = add(engine, NOW + 1, n=3)
    engine.write_all([task_write(new_due_task("other", NOW, {}))])
    assert find_due_tasks("work", NOW, 9) == [first, last]
    assert find_due_tasks("work", NOW, 1) == [first]
    assert find_due_tasks("work", NOW + 1, 9) == [first, last, waiting]
    assert find_all_tasks("work", 9) == [first, last, waiting]
    assert [each.state["n"] for each in find_all_tasks("work", 2)] == [2, 1]


def test_finding_what_is_due_is_one_call_however_much_waits(engine: Engine) -> None:
    for place in range(30):
        add(engine, NOW + place, n=place)
    engine.calls.reset()
    assert len(find_due_tasks("work", NOW + 100, 5)) == 5
    assert engine.calls.by_operation == {"Query": 1}


def test_only_one_runner_has_it(engine: Engine) -> None:
    task = add(engine, NOW)
    moved = move_task(task, NOW + 10, {"n": 1})
    with pytest.raises(Conflict):
        move_task(task, NOW + 20, {"n": 2})
    drop_task(task)
    assert find_all_tasks("work", 9) == [moved]
    drop_task(moved)
    drop_task(moved)
    assert find_all_tasks("work", 9) == []
    with pytest.raises(Conflict):
        move_task(moved, NOW + 20, {})


def test_a_task_is_never_written_over(engine: Engine) -> None:
    task = add(engine, NOW)
    with pytest.raises(ConditionFailed):
        engine.write_all([task_write(task)])


@pytest.mark.parametrize("done_anyway", [False, True])
def test_a_move_that_fails_has_happened_or_not(engine: Engine, done_anyway: bool) -> None:
    task = add(engine, NOW)
    fault = Fault("TransactWriteItems", Unavailable("gone"), done_anyway=done_anyway)
    engine.send = Faulty(engine.send, [fault])
    with pytest.raises(Unavailable):
        move_task(task, NOW + 10, {"n": 1})
    (kept,) = find_all_tasks("work", 9)
    assert kept.state == ({"n": 1} if done_anyway else {})
