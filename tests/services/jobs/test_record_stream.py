"""The table's stream keeps the totals and goes on with unfinished work, whatever comes along."""

from typing import Any

import pytest
from chalice import Chalice
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.config import get_config
from chalicelib.errors import Overloaded
from chalicelib.jobs import record_stream
from chalicelib.jobs.firing import ASKED, FIRED
from chalicelib.jobs.record_stream import ChangesNotCounted, follow_changes
from chalicelib.jobs.tasks import TASKS
from chalicelib.storage.counters import AT_ONCE, RECOUNT, find_total
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.keys import task_key
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
        ("T#recount", "posts"),
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


def test_what_fails_is_an_error_of_the_function_and_comes_again(engine: Engine) -> None:
    """Whether or not Lambda reads the answer's failures."""
    app = Chalice("quoll")
    app.register_blueprint(record_stream.blueprint)
    engine.send = Faulty(engine.send, [Fault("TransactWriteItems", Unavailable("gone"))])
    event = {"Records": [change(1), change(2, pk="R#users#a")]}
    with pytest.raises(ChangesNotCounted, match=r"1 changes, from 0+1 on"):
        record_stream.record_stream(event, None)
    assert (find_total("posts"), find_total("users")) == (None, 1)
    assert record_stream.record_stream(event, None) == NOTHING_FAILED
    assert (find_total("posts"), find_total("users")) == (1, 1)


def without(name: str) -> dict[str, Any]:
    told = change(2)["dynamodb"]
    return {**change(2), "dynamodb": {key: value for key, value in told.items() if key != name}}


POISON: list[Any] = [
    {},
    None,
    "text",
    {"eventName": "INSERT"},
    {"eventName": "INSERT", "dynamodb": None},
    {key: value for key, value in change(2).items() if key != "eventName"},
    {**change(2), "eventName": 7},
    without("Keys"),
    without("SequenceNumber"),
    without("ApproximateCreationDateTime"),
    {**change(2), "dynamodb": {**change(2)["dynamodb"], "ApproximateCreationDateTime": "soon"}},
    {**change(2), "dynamodb": {**change(2)["dynamodb"], "Keys": {"pk": {"B": "R"}, "sk": {"S": "R"}}}},
    {**change(2), "dynamodb": {**change(2)["dynamodb"], "Keys": {"pk": {"S": 7}, "sk": {"S": "R"}}}},
    {**change(2), "eventName": "UPSERT"},
]


@pytest.mark.parametrize("poison", POISON)
def test_what_is_no_change_is_left_out(engine: Engine, poison: Any) -> None:
    assert follow_changes([change(1), poison, change(3)]) == NOTHING_FAILED
    assert find_total("posts") == 2


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """When unfinished work was gone on with."""
    seen: list[tuple[int, float]] = []

    def run_tasks(limit: int, seconds: float) -> int:
        seen.append((limit, seconds))
        return 0

    monkeypatch.setattr(record_stream, "run_tasks", run_tasks)
    return seen


@pytest.mark.parametrize("kind", list(TASKS))
@pytest.mark.parametrize(("name", "times"), [("INSERT", 1), ("MODIFY", 1), ("REMOVE", 0)])
def test_work_that_is_new_or_has_come_on_is_gone_on_with(
    engine: Engine, asked: list[tuple[int, float]], kind: str, name: str, times: int
) -> None:
    changes = [change(number, name, task_key(kind), "x") for number in range(3)]
    assert follow_changes(changes) == NOTHING_FAILED
    assert len(asked) == times
    assert all(seconds <= 5 for _, seconds in asked)


def test_notes_of_jobs_are_no_work(engine: Engine, asked: list[tuple[int, float]]) -> None:
    follow_changes([change(1, pk=task_key(kind), sk="x") for kind in (ASKED, FIRED, RECOUNT)])
    assert asked == []


@pytest.mark.parametrize("error", [Unavailable("gone"), Overloaded(), KeyError("a fault in the work")])
def test_work_that_fails_holds_up_no_changes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def run_tasks(limit: int, seconds: float) -> int:
        raise error

    monkeypatch.setattr(record_stream, "run_tasks", run_tasks)
    assert follow_changes([change(1, pk=task_key("backfill"), sk="x"), change(2)]) == NOTHING_FAILED
    assert find_total("posts") == 1
