"""The table's stream keeps the totals."""

from typing import Any

import pytest
from chalice import Chalice
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.config import get_config
from chalicelib.jobs import JOBS, record_stream
from chalicelib.jobs.record_stream import follow_changes
from chalicelib.storage.counters import AT_ONCE, find_total
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from tests.services.records.conftest import blog  # noqa: F401
from tests.services.records.world import add
from tests.storage.faults import Fault, Faulty

NOW = 1_800_000_000
NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


def change(number: int, name: str = "INSERT", pk: str = "R#posts#a", sk: str = "R") -> dict[str, Any]:
    """A change as Lambda hands it over."""
    told = {
        "ApproximateCreationDateTime": NOW + number / 10,
        "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
        "SequenceNumber": f"{number:021}",
        "SizeBytes": 59,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    return {"eventID": str(number), "eventName": name, "eventSource": "aws:dynamodb", "dynamodb": told}


def test_records_that_come_and_go_are_counted(engine: Engine) -> None:
    changes = [
        change(1),
        change(2, pk="R#posts#b"),
        change(3, "MODIFY"),
        change(4, "REMOVE"),
        change(5, pk="R#users#a"),
    ]
    assert follow_changes(changes) == NOTHING_FAILED
    assert (find_total("posts"), find_total("users")) == (1, 1)


@pytest.mark.parametrize(
    ("pk", "sk"),
    [
        ("R#posts#a", "E#c1#red"),
        ("U#posts#idx#2a", "U"),
        ("CONFIG", "C#posts"),
        ("N#posts", "0"),
        ("H#posts#1", "H"),
        ("T#backfill", "posts"),
        ("R", "R"),
        ("", "R"),
    ],
)
def test_other_items_do_not_count(engine: Engine, pk: str, sk: str) -> None:
    assert follow_changes([change(1, pk=pk, sk=sk)]) == NOTHING_FAILED
    assert find_total("posts") is None
    assert engine.calls.total == 1  # the question before


def test_a_batch_that_comes_again_does_not_count(engine: Engine) -> None:
    changes = [change(number) for number in range(7)]
    for again in (changes, changes, changes[3:], changes[:2], [change(9), *changes[5:]]):
        assert follow_changes(again) == NOTHING_FAILED
    assert find_total("posts") == 8


def test_what_fails_is_named_and_the_rest_counts(engine: Engine) -> None:
    engine.send = Faulty(engine.send, [Fault("TransactWriteItems", Unavailable("gone"))])
    changes = [change(number, pk=f"R#{'posts' if number < 3 else 'users'}#x") for number in range(5)]
    failed = follow_changes(changes)
    assert failed == {"batchItemFailures": [{"itemIdentifier": f"{number:021}"} for number in range(3)]}
    assert (find_total("posts"), find_total("users")) == (None, 2)
    assert follow_changes(changes) == NOTHING_FAILED  # Lambda comes again with all from the first failure on
    assert (find_total("posts"), find_total("users")) == (3, 2)


def test_a_batch_larger_than_a_transaction(engine: Engine) -> None:
    changes = [change(number * 10) for number in range(2 * AT_ONCE + 5)]
    assert follow_changes(changes) == NOTHING_FAILED
    assert find_total("posts") == 2 * AT_ONCE + 5


def test_what_the_table_itself_says_is_understood(blog: Engine) -> None:  # noqa: F811
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][get_config().region].tables[get_config().table]
    table.stream_shard.items.clear()
    added = [add("authors", name=f"n{place}") for place in range(3)]
    told = [each.record for each in table.stream_shard.items]
    changes = [
        {"eventName": each["eventName"], "dynamodb": {**each["dynamodb"], "ApproximateCreationDateTime": NOW}}
        for each in told
    ]
    assert follow_changes(changes) == NOTHING_FAILED
    assert find_total(added[0].collection.space) == 3


def test_it_is_a_function_that_chalice_knows() -> None:
    app = Chalice("quoll")
    app.register_blueprint(record_stream.blueprint)
    (source,) = app.event_sources
    assert (source.name, source.starting_position) == ("record_stream", "TRIM_HORIZON")
    assert source.handler_string == "chalicelib.jobs.record_stream.record_stream"
    answer = record_stream.record_stream({"Records": [change(1, sk="E#x")]}, None)
    assert answer == NOTHING_FAILED


def test_without_a_stream_there_is_no_function_for_it() -> None:
    assert get_config().stream_arn == ""
    assert JOBS == ()
