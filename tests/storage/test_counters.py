"""Counting records: each change once, whatever is repeated, lost or done at the same time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import Overloaded
from chalicelib.storage import counters, keys
from chalicelib.storage.counters import (
    AT_ONCE,
    Coming,
    correct_total,
    count_changes,
    find_difference,
    find_total,
    remove_total,
    save_difference,
)
from chalicelib.storage.engine import Engine, key_attributes
from chalicelib.storage.failures import Busy, ConditionFailed, Unavailable
from chalicelib.storage.rowids import new_stamp
from tests.storage.faults import Fault, Faulty

SPACE = "space-posts"
NOW = 1_800_000_000


def coming(*numbers: int, amount: int = 1) -> list[Coming]:
    """Changes by their numbers, three to a second."""
    return [Coming(f"{number:021}", NOW + number // 3, amount) for number in numbers]


def test_nothing_was_ever_counted(engine: Engine) -> None:
    assert find_total(SPACE) is None
    count_changes(SPACE, [])
    assert find_total(SPACE) is None
    assert engine.calls.by_operation["PutItem"] == 0


def test_what_comes_and_goes_is_counted(engine: Engine) -> None:
    count_changes(SPACE, coming(*range(10)))
    assert find_total(SPACE) == 10
    count_changes(SPACE, coming(20, 21, amount=-1))
    assert find_total(SPACE) == 8
    assert find_total("space-other") is None


@settings(max_examples=25)
@given(
    batches=st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=8), gone=st.sets(st.integers(0, 12))
)
def test_repeats_do_not_count_in_whatever_company(
    engine: Engine, batches: list[list[int]], gone: set[int]
) -> None:
    engine.pause = lambda seconds: None
    space = new_stamp()
    for batch in batches:
        count_changes(space, [each for n in batch for each in coming(n, amount=-1 if n in gone else 1)])
    heard = {n for batch in batches for n in batch}
    assert (find_total(space) or 0) == sum(-1 if n in gone else 1 for n in heard)


def test_a_batch_of_the_largest_size_is_one_transaction(engine: Engine) -> None:
    changes = [Coming(str(n), NOW + n, 1) for n in range(AT_ONCE)]
    count_changes(SPACE, changes)
    assert find_total(SPACE) == AT_ONCE
    assert engine.calls.by_operation["TransactWriteItems"] == 1


@pytest.mark.parametrize("done_anyway", [False, True])
@pytest.mark.parametrize("operation", ["BatchGetItem", "TransactWriteItems"])
def test_a_call_that_fails_leaves_it_to_the_next_time(
    engine: Engine, operation: str, done_anyway: bool
) -> None:
    count_changes(SPACE, coming(1, 2))
    faulty = Faulty(engine.send, [Fault(operation, Unavailable("gone"), done_anyway=done_anyway)])
    engine.send = faulty
    with pytest.raises(Unavailable):
        count_changes(SPACE, coming(2, 3, 4))
    count_changes(SPACE, coming(3, 4, 5))
    count_changes(SPACE, coming(2, 3, 4))
    assert find_total(SPACE) == 5


@pytest.mark.parametrize("error", [ConditionFailed((0,)), Busy("TransactionConflict")])
def test_who_loses_a_race_tries_again(engine: Engine, error: Exception) -> None:
    engine.pause = lambda seconds: None
    engine.send = Faulty(engine.send, [Fault("TransactWriteItems", error, times=2)])
    count_changes(SPACE, coming(1, 2))
    assert find_total(SPACE) == 2


def test_who_always_loses_gives_up(engine: Engine) -> None:
    engine.pause = lambda seconds: None
    engine.send = Faulty(engine.send, [Fault("TransactWriteItems", ConditionFailed((0,)), times=99)])
    with pytest.raises(Overloaded):
        count_changes(SPACE, coming(1, 2))
    assert find_total(SPACE) is None


def test_somebody_counts_the_same_changes_between_reading_and_writing(engine: Engine) -> None:
    """Both have read that nobody has heard of them; one of the two transactions fails."""
    engine.pause = lambda seconds: None
    send = engine.send
    meanwhile = [lambda: count_changes(SPACE, coming(1, 2, 3))]

    def slow(operation: str, arguments: dict[str, object]) -> dict[str, object]:
        if operation == "TransactWriteItems" and meanwhile:
            engine.send = send
            meanwhile.pop()()
        return send(operation, arguments)

    engine.send = slow
    count_changes(SPACE, coming(2, 3, 4))
    assert find_total(SPACE) == 4


def test_what_was_heard_is_forgotten_after_a_day(engine: Engine) -> None:
    count_changes(SPACE, coming(1))
    heard = engine.get((keys.heard_key(SPACE, NOW), keys.HEARD_SORT))
    assert heard is not None
    assert int(heard["ttl"]["N"]) - NOW == counters.HEARD_SECONDS > 24 * 60 * 60


def test_a_total_is_read_with_one_call_however_many_counters(engine: Engine) -> None:
    for number in range(30):
        correct_total(SPACE, number)
    engine.calls.reset()
    assert find_total(SPACE) == sum(range(30))
    assert engine.calls.by_operation == {"Query": 1}


def test_corrections_add_up_with_what_is_counted(engine: Engine) -> None:
    count_changes(SPACE, coming(1, 2, 3))
    correct_total(SPACE, -5)
    assert find_total(SPACE) == -2


def test_differences_are_kept(engine: Engine) -> None:
    assert find_difference(SPACE) == 0
    save_difference(SPACE, -3)
    assert (find_difference(SPACE), find_difference("other")) == (-3, 0)
    assert find_total(SPACE) is None


def test_the_count_of_what_is_gone_is_forgotten(engine: Engine) -> None:
    for number in range(20):
        correct_total(SPACE, number)
    correct_total("other", 5)
    save_difference(SPACE, 3)
    engine.calls.reset()
    remove_total(SPACE)
    assert engine.calls.by_operation == {"Query": 1, "TransactWriteItems": 1}
    assert (find_total(SPACE), find_difference(SPACE), find_total("other")) == (None, 0, 5)
    remove_total(SPACE)
    assert find_total("other") == 5


def test_counters_are_no_records(engine: Engine) -> None:
    count_changes(SPACE, coming(1))
    for key in ((keys.counter_key(SPACE), "0"), (keys.heard_key(SPACE, NOW), keys.HEARD_SORT)):
        assert keys.space_of(key_attributes(key)["pk"]["S"]) == ""
