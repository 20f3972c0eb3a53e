"""The table's stream reaches its function, which counts records."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.collections.purge import KIND, MAX_AT_ONCE
from chalicelib.jobs.record_stream import TASK_RECORDS
from chalicelib.storage.keys import attempts_key, log_key, task_key
from tests.deploy.client import Api
from tests.deploy.logs import read_log
from tests.deploy.routes import PREFIX
from tests.deploy.table import COPY, Table
from tests.deploy.waiting import wait_until

PATIENCE = 30
# Items that are written apart would be batches of their own.
CALLS, APART = 2, 1.5
# What neither the request that deletes a collection removes nor the stream's function, which is told of it.
MORE_THAN_BOTH_REMOVE = MAX_AT_ONCE + TASK_RECORDS + 300
# The minute until it runs passes meanwhile.
pytestmark = pytest.mark.usefixtures("asked_job")

RECORDS = "/api/collections/counted/records"


def count_heard(table: Table) -> int:
    """How many records the counters of all collections have heard of."""
    return sum(int(item["records"]["N"]) for item in table.find("N#") if "records" in item)


def test_records_are_counted_as_they_come_and_go(superuser: Api, aws: Callable[[str], Any]) -> None:
    assert superuser.ask("POST", "/api/collections", {"name": "counted", "type": "base"}).status == 200
    table = Table(aws("dynamodb"))
    before = count_heard(table)
    made = [superuser.ask("POST", RECORDS, {}).body["id"] for _ in range(5)]
    assert wait_until(lambda: count_heard(table) == before + 5, PATIENCE)
    assert superuser.ask("DELETE", f"{RECORDS}/{made[0]}").status == 204
    assert wait_until(lambda: count_heard(table) == before + 4, PATIENCE)


def test_what_it_has_no_business_with_does_not_call_it(superuser: Api, aws: Callable[[str], Any]) -> None:
    """Nor do its own counters: a record is one call, whatever it has caused."""
    table, function = Table(aws("dynamodb")), f"{PREFIX}-record_stream"

    def count_calls() -> int:
        return read_log(aws("logs"), function).count('"message":"job"')

    before, heard = count_calls(), count_heard(table)
    for number in range(CALLS):
        pk = log_key(0) if number % 2 else attempts_key("probe")
        table.put([{"pk": {"S": pk}, "sk": {"S": f"probe{number}"}}])
        time.sleep(APART)
    assert count_calls() == before
    assert superuser.ask("POST", RECORDS, {}).status == 200
    assert wait_until(lambda: count_heard(table) == heard + 1, PATIENCE)
    time.sleep(APART)
    assert wait_until(lambda: count_calls() == before + 1, PATIENCE)


def test_work_that_is_too_much_for_a_request_is_noted(superuser: Api, aws: Callable[[str], Any]) -> None:
    """Where it is done in the end, test_schedules.py looks: that takes up to a minute."""
    table = Table(aws("dynamodb"))
    assert superuser.ask("POST", "/api/collections", {"name": "crowd", "type": "base"}).status == 200
    made = superuser.ask("POST", "/api/collections/crowd/records", {}).body["id"]
    (record,) = table.find("R#", f"#{made}")
    space = record["pk"]["S"].removesuffix(made)
    table.put(copies_of(record, space, MORE_THAN_BOTH_REMOVE))
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
