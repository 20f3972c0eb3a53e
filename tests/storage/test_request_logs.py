"""The requests' log in the table: in order, over all its partitions, at the first try or not at all."""

import pytest

from chalicelib.storage import keys
from chalicelib.storage.budget import Budget, BudgetExceeded
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy
from chalicelib.storage.request_logs import (
    LATEST,
    SHARDS,
    Span,
    StoredLog,
    count_logs,
    find_log,
    first_id,
    new_log_id,
    read_logs,
    remove_logs,
    save_log,
)
from tests.storage.faults import Fault, Faulty, Killed, Mortal

START = 1_800_000_000_000
ALL = Span("", first_id(LATEST))
COUNT = 40


def store(moment: int, **given: object) -> StoredLog:
    known = {"level": 0, "message": f"m{moment}", "data": {"a": moment}, "expires": 1_900_000_000}
    log = StoredLog(new_log_id(START + moment), **{**known, **given})
    save_log(log)
    return log


@pytest.fixture
def stored(engine: Engine) -> list[StoredLog]:
    logs = [store(moment) for moment in range(COUNT)]
    engine.calls.reset()
    return logs


def read(span: Span, first: int | None = None) -> list[StoredLog]:
    return list(read_logs(span, Budget(1000), first))


def test_ids_sort_as_moments_do() -> None:
    moments = [0, 35, 36, 1_700_000_000_000, 1_700_000_000_001, 4_000_000_000_000]
    ids = [new_log_id(moment) for moment in moments]
    assert sorted(ids) == ids
    assert {len(each) for each in ids} == {15}
    assert [StoredLog(each, 0, "", {}, 0).milliseconds for each in ids] == moments


def test_created_is_the_moment_to_the_millisecond() -> None:
    for last in range(1000):
        log = StoredLog(new_log_id(START + last), 0, "", {}, 0)
        assert log.created == f"2027-01-15 08:00:00.{last:03}Z"


def test_what_is_stored_is_found_again(engine: Engine) -> None:
    log = store(1, level=8, message="é", data={"a": "x" * 9000, "b": None, "c": {"d": [1.5]}})
    assert find_log(log.id) == log
    assert read(ALL) == [log]


def test_they_come_in_order_from_all_partitions(stored: list[StoredLog]) -> None:
    assert len({keys.shard_of(log.id, SHARDS) for log in stored}) == SHARDS
    assert read(ALL) == stored
    assert read(Span("", ALL.end, backwards=True)) == stored[::-1]


@pytest.mark.parametrize("first", [None, 1, 5, 39])
def test_a_stretch(stored: list[StoredLog], first: int | None) -> None:
    span = Span(first_id(START + 10), first_id(START + 20))
    assert read(span, first) == stored[10:20]
    assert count_logs(span, Budget(1000)) == 10


def test_what_it_costs(stored: list[StoredLog], engine: Engine) -> None:
    find_log(stored[0].id)
    assert dict(engine.calls.by_operation) == {"GetItem": 1}
    engine.calls.reset()
    read(ALL)
    assert dict(engine.calls.by_operation) == {"Query": SHARDS}
    engine.calls.reset()
    store(99)
    assert dict(engine.calls.by_operation) == {"PutItem": 1}
    assert engine.calls.write_units == 1


def test_reading_spends_the_budget(stored: list[StoredLog]) -> None:
    with pytest.raises(BudgetExceeded):
        list(read_logs(ALL, Budget(COUNT - 1)))
    with pytest.raises(BudgetExceeded):
        count_logs(ALL, Budget(COUNT - 1))
    assert count_logs(ALL, Budget(COUNT)) == COUNT


@pytest.mark.parametrize(
    "log_id", ["", "nope", "ABCDEFGHIJKLMNO", "abcdefghijklmno", "ééééééééééééééé", "x" * 3000, "\ud800" * 15]
)
def test_unknown_ids(engine: Engine, log_id: str) -> None:
    assert find_log(log_id) is None


def test_a_busy_table_is_asked_once(engine: Engine) -> None:
    engine.send = faulty = Faulty(engine.send, [Fault("PutItem", Busy("throttled"), times=99)])
    with pytest.raises(Busy):
        store(1)
    assert [operation for operation, _ in faulty.asked] == ["PutItem"]
    assert engine.calls.total == 1


def test_what_is_older_is_removed(stored: list[StoredLog]) -> None:
    assert sum(remove_logs(first_id(START + 30))) == 30
    assert read(ALL) == stored[30:]


@pytest.mark.parametrize("writes", [1, 7, 29])
def test_removal_goes_on_after_it_was_killed(stored: list[StoredLog], engine: Engine, writes: int) -> None:
    send = engine.send
    engine.send = Mortal(send, writes)
    with pytest.raises(Killed):
        list(remove_logs(first_id(START + 30)))
    engine.send = send
    assert sum(remove_logs(first_id(START + 30))) == 30 - writes
    assert read(ALL) == stored[30:]
