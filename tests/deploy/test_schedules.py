"""Scheduled functions are called by EventBridge, without anybody asking."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.collections.purge import KIND
from chalicelib.storage.keys import task_key
from tests.deploy.logs import read_log
from tests.deploy.routes import JOBS, PREFIX
from tests.deploy.table import COPY, Table
from tests.deploy.waiting import wait_until

A_MINUTE_AND_SOME = 80


def test_each_job_has_a_rule_and_a_function_of_its_own(aws: Callable[[str], Any]) -> None:
    client = aws("events")
    rules = client.list_rules()["Rules"]
    assert all(
        rule["State"] == "ENABLED" and rule["ScheduleExpression"].startswith("cron(") for rule in rules
    )
    targets = [client.list_targets_by_rule(Rule=rule["Name"])["Targets"] for rule in rules]
    functions = sorted(target["Arn"].rpartition(":")[2] for each in targets for target in each)
    assert functions == [f"{PREFIX}-{job}" for job in JOBS]


def test_the_minute_tick_comes_by_itself(aws: Callable[[str], Any]) -> None:
    client, name = aws("logs"), f"{PREFIX}-minute_tick"
    assert wait_until(lambda: "REPORT" in read_log(client, name), A_MINUTE_AND_SOME)
    assert "ERROR" not in read_log(client, name)


def test_it_runs_a_job_that_was_asked_for(asked_job: str, aws: Callable[[str], Any]) -> None:
    client, name = aws("logs"), f"{PREFIX}-minute_tick"
    assert wait_until(lambda: f'"job":"{asked_job}"' in read_log(client, name), A_MINUTE_AND_SOME)


@pytest.mark.by_hand  # it waits for the minute tick
def test_work_that_others_have_left_is_done(aws: Callable[[str], Any]) -> None:
    table = Table(aws("dynamodb"))
    assert wait_until(lambda: not table.find(task_key(KIND)), A_MINUTE_AND_SOME)
    assert not [item for item in table.find("R#") if f"#{COPY}" in item["pk"]["S"]]
