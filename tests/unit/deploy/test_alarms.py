"""Alarms and the dashboard."""

import json
from collections.abc import Sequence

import pytest

from chalicelib.config import Config
from chalicelib.deploy.alarms import Watched, alarms, dashboard
from chalicelib.observability.metrics import UNITS

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


def watched(config: Config, streams: Sequence[str] = ("quoll-dev-record_stream",)) -> Watched:
    return Watched(config, "quoll-dev", "api", streams)


def test_what_there_is_an_alarm_for() -> None:
    rung = {
        each["MetricName"]: each for each in alarms(watched(Config(stage="dev", table="t", metrics="stage")))
    }
    assert rung.keys() == {
        "5XXError",
        "Latency",
        "Throttles",
        "ReadThrottleEvents",
        "WriteThrottleEvents",
        "ApproximateNumberOfMessagesVisible",
        "JobFailures",
        "IteratorAge",
    }
    assert (rung["JobFailures"]["Namespace"], rung["JobFailures"]["Dimensions"]) == (
        "Quoll",
        [{"Name": "stage", "Value": "dev"}],
    )
    assert rung["JobFailures"]["MetricName"] in UNITS
    assert rung["Latency"]["ExtendedStatistic"] == "p95"
    assert rung["ReadThrottleEvents"]["Dimensions"] == [{"Name": "TableName", "Value": "t"}]
    assert {each["AlarmName"].rpartition("-")[0] for each in rung.values()} == {"quoll-dev"}


@pytest.mark.parametrize(("topic", "actions"), [("", []), (TOPIC, [TOPIC])])
def test_who_is_told(topic: str, actions: list[str]) -> None:
    assert all(each["AlarmActions"] == actions for each in alarms(watched(Config(alarm_topic=topic))))


def test_without_a_gateway_a_stream_and_metrics_the_rest_is_watched() -> None:
    rung = alarms(Watched(Config(metrics="off"), "", ""))
    assert [each["Namespace"] for each in rung] == ["AWS/Lambda", "AWS/DynamoDB", "AWS/DynamoDB", "AWS/SQS"]


def test_each_alarm_has_its_graph() -> None:
    board = json.loads(dashboard(watched(Config(stage="dev")), "eu-west-1"))
    drawn = [each["properties"]["metrics"][0][1] for each in board["widgets"]]
    assert drawn == [each["MetricName"] for each in alarms(watched(Config(stage="dev")))]
    assert {(each["x"], each["y"]) for each in board["widgets"]} == {
        (x, y) for y in (0, 6, 12) for x in (0, 12)
    } | {(0, 18)}
