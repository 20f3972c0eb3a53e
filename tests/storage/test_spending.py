"""What a piece of work has asked of DynamoDB and S3."""

from chalicelib.storage.calls import current_calls
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy
from chalicelib.storage.spending import spent, spent_since
from tests.storage.faults import Fault, Faulty


def test_between_two_moments(engine: Engine) -> None:
    engine.get(("before", "x"))
    before = spent()
    engine.get(("a", "x"))
    engine.get(("b", "x"))
    since = spent_since(before)
    assert (since["dynamodb_calls"], since["write_units"], since["throttles"]) == (2, 0, 0)
    assert since["read_units"] > 0


def test_calls_to_s3_are_told_apart(engine: Engine) -> None:
    before = spent()
    current_calls().note_s3("PutObject")
    assert (spent_since(before)["s3_calls"], spent_since(before)["dynamodb_calls"]) == (1, 0)


def test_each_answer_that_asks_for_another_try_counts(engine: Engine) -> None:
    engine.pause = lambda seconds: None
    engine.send = Faulty(engine.send, [Fault("GetItem", Busy("throttled"), times=2)])
    before = spent()
    engine.get(("a", "x"))
    assert (spent_since(before)["throttles"], spent_since(before)["dynamodb_calls"]) == (2, 3)


def test_keys_without_an_answer_count(engine: Engine) -> None:
    engine.pause = lambda seconds: None

    def leave_out(answer: dict[str, object]) -> dict[str, object]:
        return {**answer, "UnprocessedKeys": {engine.table: {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "x"}}]}}}

    engine.send = Faulty(engine.send, [Fault("BatchGetItem", change=leave_out)])
    before = spent()
    engine.batch_get([("a", "x")])
    assert spent_since(before)["throttles"] == 1
