"""The engine: retries, bounds, what errors mean."""

from typing import Any

import pytest
from pynamodb.exceptions import CancellationReason

from chalicelib.errors import Overloaded
from chalicelib.storage import engine as engines
from chalicelib.storage.conditions import Absent, Holds
from chalicelib.storage.connection import failure_of
from chalicelib.storage.engine import CheckItem, DeleteItem, Engine, WriteItem
from chalicelib.storage.failures import (
    AlreadyThere,
    Busy,
    ConditionFailed,
    ItemTooLarge,
    NotThere,
    TooManyItems,
    Unavailable,
)
from chalicelib.storage.queries import Query
from tests.storage.faults import Fault, Faulty


@pytest.fixture
def pauses(engine: Engine) -> list[float]:
    """How long the engine waited, instead of waiting."""
    waited: list[float] = []
    engine.pause = waited.append
    return waited


def item(sk: str, **more: str) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": sk}, **{name: {"S": value} for name, value in more.items()}}


def keys_in(engine: Engine) -> list[str]:
    return [each["sk"]["S"] for page in engine.query(Query("p")) for each in page]


@pytest.mark.parametrize("operation", ["GetItem", "Query", "BatchGetItem", "PutItem", "TransactWriteItems"])
def test_busy_calls_are_repeated(engine: Engine, pauses: list[float], operation: str) -> None:
    engine.send = faulty = Faulty(engine.send, [Fault(operation, Busy("throttled"), times=3)])
    engine.write_all([WriteItem(item("a"))])
    engine.write_all([WriteItem(item("b")), WriteItem(item("c"))])
    assert engine.get(("p", "a")) == item("a")
    assert engine.batch_get([("p", "b"), ("p", "nothing")]) == [item("b")]
    assert keys_in(engine) == ["a", "b", "c"]
    assert len(pauses) == 3
    assert engine.calls.total == len(faulty.asked) == 8


def test_pauses_grow_and_differ(engine: Engine, pauses: list[float]) -> None:
    engine.send = Faulty(engine.send, [Fault("GetItem", Busy("throttled"), times=engines.ATTEMPTS - 1)])
    assert engine.get(("p", "a")) is None
    bounds = [engines.FIRST_PAUSE * 2**attempt for attempt in range(len(pauses))]
    assert all(0 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))
    assert len(set(pauses)) == len(pauses)


def test_retries_end(engine: Engine, pauses: list[float]) -> None:
    engine.send = faulty = Faulty(engine.send, [Fault("PutItem", Busy("throttled"), times=99)])
    with pytest.raises(Overloaded):
        engine.write_all([WriteItem(item("a"))])
    assert len(faulty.asked) == engines.ATTEMPTS
    assert engine.get(("p", "a")) is None


def test_other_failures_are_not_repeated(engine: Engine, pauses: list[float]) -> None:
    engine.send = faulty = Faulty(engine.send, [Fault("GetItem", Unavailable("gone"))])
    with pytest.raises(Unavailable):
        engine.get(("p", "a"))
    assert len(faulty.asked) == 1
    assert pauses == []


def test_a_repeated_transaction_has_one_token(engine: Engine, pauses: list[float]) -> None:
    engine.send = faulty = Faulty(engine.send, [Fault("TransactWriteItems", Busy("conflict"), times=2)])
    engine.write_all([WriteItem(item("a")), WriteItem(item("b"))])
    assert len({arguments["ClientRequestToken"] for _, arguments in faulty.asked}) == 1


def test_unprocessed_keys_are_asked_for_again(engine: Engine, pauses: list[float]) -> None:
    engine.write_all([WriteItem(item(f"{number:03}")) for number in range(5)])

    def keep_back(answer: dict[str, Any]) -> dict[str, Any]:
        first, *rest = answer["Responses"][engine.table]
        keys = [{name: each[name] for name in ("pk", "sk")} for each in rest]
        return {
            **answer,
            "Responses": {engine.table: [first]},
            "UnprocessedKeys": {engine.table: {"Keys": keys}},
        }

    engine.send = faulty = Faulty(engine.send, [Fault("BatchGetItem", change=keep_back, times=2)])
    found = engine.batch_get([("p", f"{number:03}") for number in range(5)])
    assert sorted(each["sk"]["S"] for each in found) == [f"{number:03}" for number in range(5)]
    assert len(faulty.asked) == 3


def test_keys_that_stay_unprocessed_are_a_failure(engine: Engine, pauses: list[float]) -> None:
    engine.write_all([WriteItem(item("a"))])

    def keep_all_back(answer: dict[str, Any]) -> dict[str, Any]:
        keys = [{"pk": {"S": "p"}, "sk": {"S": "a"}}]
        return {**answer, "Responses": {}, "UnprocessedKeys": {engine.table: {"Keys": keys}}}

    engine.send = Faulty(engine.send, [Fault("BatchGetItem", change=keep_all_back, times=99)])
    with pytest.raises(Overloaded):
        engine.batch_get([("p", "a")])


def test_many_keys_go_in_batches(engine: Engine) -> None:
    engine.write_all([WriteItem(item(f"{number:03}")) for number in range(100)])
    engine.write_all([WriteItem(item(f"{number:03}")) for number in range(100, 150)])
    engine.calls.reset()
    assert len(engine.batch_get([("p", f"{number:03}") for number in range(250)])) == 150
    assert engine.calls.by_operation == {"BatchGetItem": 3}


def test_nothing_to_get_is_no_call(engine: Engine) -> None:
    assert engine.batch_get([]) == []
    assert engine.calls.total == 0


def test_pages_double(engine: Engine) -> None:
    engine.write_all([WriteItem(item(f"{number:03}")) for number in range(70)])
    pages = [len(page) for page in engine.query(Query("p", page_size=10))]
    assert pages[:3] == [10, 20, 40]
    assert sum(pages) == 70


def test_counting_goes_through_all_pages(engine: Engine) -> None:
    engine.write_all([WriteItem(item(f"{number:03}")) for number in range(70)])
    assert sum(engine.count(Query("p"))) == 70
    assert list(engine.count(Query("p", page_size=40))) == [40, 30]


def test_a_query_starts_after_an_item(engine: Engine) -> None:
    engine.write_all([WriteItem(item(name)) for name in "abc"])
    (page,) = engine.query(Query("p", after={"pk": "p", "sk": "a"}))
    assert [each["sk"]["S"] for each in page] == ["b", "c"]


def test_a_query_is_read_no_further_than_needed(engine: Engine) -> None:
    engine.write_all([WriteItem(item(f"{number:03}")) for number in range(70)])
    engine.calls.reset()
    next(engine.query(Query("p", page_size=10)))
    assert engine.calls.by_operation == {"Query": 1}


def test_prefix_and_direction(engine: Engine) -> None:
    engine.write_all([WriteItem(item(name)) for name in ("a1", "a2", "b1")])
    (page,) = engine.query(Query("p", prefix="a", backwards=True))
    assert [each["sk"]["S"] for each in page] == ["a2", "a1"]


def test_a_transaction_is_whole_or_absent(engine: Engine) -> None:
    engine.write_all([WriteItem(item("taken"))])
    with pytest.raises(ConditionFailed) as failed:
        engine.write_all(
            [WriteItem(item("new")), WriteItem(item("taken"), Absent()), DeleteItem(("p", "x"), Absent())]
        )
    assert failed.value.failed == (1,)
    assert keys_in(engine) == ["taken"]


def test_a_check_alone_is_a_transaction(engine: Engine) -> None:
    engine.write_all([WriteItem(item("a", state="on"))])
    engine.write_all([CheckItem(("p", "a"), Holds("state", "on"))])
    with pytest.raises(ConditionFailed):
        engine.write_all([CheckItem(("p", "a"), Holds("state", "off"))])


def test_no_writes_are_no_call(engine: Engine) -> None:
    engine.write_all([])
    assert engine.calls.total == 0


def test_more_than_a_transaction_holds_is_refused(engine: Engine) -> None:
    with pytest.raises(TooManyItems):
        engine.write_all([WriteItem(item(str(number))) for number in range(101)])
    assert engine.calls.total == 0


def reasons(*codes: str) -> list[CancellationReason | None]:
    return [None if code == "None" else CancellationReason(code=code) for code in codes]


@pytest.mark.parametrize(
    ("code", "message", "why", "means"),
    [
        ("ProvisionedThroughputExceededException", "", (), Busy),
        (
            "ValidationException",
            "Transaction request cannot include more than 4 MB of data",
            (),
            TooManyItems,
        ),
        ("ThrottlingException", "", (), Busy),
        ("RequestLimitExceeded", "", (), Busy),
        ("TransactionInProgressException", "", (), Busy),
        ("TransactionConflictException", "", (), Busy),
        ("TransactionCanceledException", "", ("None", "TransactionConflict"), Busy),
        ("TransactionCanceledException", "", ("ThrottlingError", "None"), Busy),
        (
            "TransactionCanceledException",
            "",
            ("TransactionConflict", "ConditionalCheckFailed"),
            ConditionFailed,
        ),
        ("ConditionalCheckFailedException", "", (), ConditionFailed),
        ("ValidationException", "Item size has exceeded the maximum allowed size", (), ItemTooLarge),
        ("ValidationException", "One or more parameter values were invalid", (), Unavailable),
        ("ResourceInUseException", "Table already exists", (), AlreadyThere),
        ("ResourceNotFoundException", "Requested resource not found", (), NotThere),
        ("AccessDeniedException", "", (), Unavailable),
    ],
)
def test_what_errors_mean(code: str, message: str, why: tuple[str, ...], means: type[Exception]) -> None:
    assert type(failure_of({"Code": code, "Message": message}, reasons(*why))) is means


def test_a_cancellation_says_which_write_was_refused() -> None:
    failure = failure_of({"Code": "TransactionCanceledException"}, reasons("None", "ConditionalCheckFailed"))
    assert isinstance(failure, ConditionFailed)
    assert failure.failed == (1,)
