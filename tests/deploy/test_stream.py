"""The table's stream reaches its function, which counts records."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.collections.purge import KIND, MAX_AT_ONCE
from chalicelib.jobs.record_stream import TASK_RECORDS
from chalicelib.storage.keys import attempts_key, counter_key, log_key, record_key, space_of, task_key
from tests.deploy.changes import FOLLOWER, nobody_at_work, read_changes
from tests.deploy.client import Api
from tests.deploy.emulator import Emulator
from tests.deploy.logs import count_runs
from tests.deploy.table import COPY, Table
from tests.deploy.waiting import wait_until

PATIENCE = 30
# Nobody else writes these two.
NOT_FOLLOWED = (log_key(999), attempts_key("probe"))
# What neither the request that deletes a collection removes nor the stream's function, which is told of it.
MORE_THAN_BOTH_REMOVE = MAX_AT_ONCE + TASK_RECORDS + 300

RECORDS = "/api/collections/counted/records"


@pytest.fixture(scope="module")
def table(aws: Callable[[str], Any]) -> Table:
    return Table(aws("dynamodb"))


@pytest.fixture(scope="module")
def space(superuser: Api, table: Table) -> str:
    """That of a collection with one record, which has been counted."""
    assert superuser.ask("POST", "/api/collections", {"name": "counted", "type": "base"}).status == 200
    made = superuser.ask("POST", RECORDS, {}).body["id"]
    (record,) = table.find("R#", f"#{made}")
    space = space_of(record["pk"]["S"])
    assert wait_until(lambda: count_heard(table, space) == 1, PATIENCE)
    return space


def count_heard(table: Table, space: str) -> int:
    """How many records the counters of a collection have heard of."""
    key = counter_key(space)
    return sum(int(item["records"]["N"]) for item in table.find(key, key) if "records" in item)


def test_records_are_counted_as_they_come_and_go(superuser: Api, table: Table, space: str) -> None:
    before = count_heard(table, space)
    made = [superuser.ask("POST", RECORDS, {}).body["id"] for _ in range(5)]
    assert wait_until(lambda: count_heard(table, space) == before + 5, PATIENCE)
    assert superuser.ask("DELETE", f"{RECORDS}/{made[0]}").status == 204
    assert wait_until(lambda: count_heard(table, space) == before + 4, PATIENCE)


def test_what_it_has_no_business_with_does_not_call_it(
    superuser: Api, table: Table, space: str, emulator: Emulator, aws: Callable[[str], Any]
) -> None:
    """Nor do its own counters: a record is one call, whatever it has caused."""
    before = read_changes(emulator)
    table.put([{"pk": {"S": pk}, "sk": {"S": "probe"}} for pk in NOT_FOLLOWED])
    made = superuser.ask("POST", RECORDS, {}).body["id"]
    effects = {*NOT_FOLLOWED, counter_key(space)}
    assert wait_until(lambda: effects <= set(read_changes(emulator).since(before).seen), PATIENCE)
    changes = read_changes(emulator).since(before)
    assert not effects & set(changes.handed_over)
    assert changes.handed_over.count(record_key(space, made)) == 1
    assert wait_until(
        lambda: count_runs(aws("logs"), FOLLOWER) == len(read_changes(emulator).calls), PATIENCE
    )


def test_work_that_is_too_much_for_a_request_is_noted(
    superuser: Api, table: Table, aws: Callable[[str], Any]
) -> None:
    """Where it is done in the end, test_schedules.py looks: that takes up to a minute."""
    assert superuser.ask("POST", "/api/collections", {"name": "crowd", "type": "base"}).status == 200
    made = superuser.ask("POST", "/api/collections/crowd/records", {}).body["id"]
    (record,) = table.find("R#", f"#{made}")
    space = record["pk"]["S"].removesuffix(made)
    table.put(copies_of(record, space, MORE_THAN_BOTH_REMOVE))
    with nobody_at_work(aws):
        assert superuser.ask("DELETE", "/api/collections/crowd").status == 204
        assert 0 < len(table.find(space)) < MORE_THAN_BOTH_REMOVE
        assert table.find(task_key(KIND))


def copies_of(item: dict[str, Any], space: str, count: int) -> list[dict[str, Any]]:
    """The same record under other ids, each at a place of its own in the order of insertion."""
    text, order = json.dumps(item), item["g1sk"]["S"]
    own = item["pk"]["S"].removeprefix(space)
    return [
        json.loads(text.replace(own, f"{COPY}{n:011}").replace(order, f"{order[:-4]}{n:04}"))
        for n in range(count)
    ]
