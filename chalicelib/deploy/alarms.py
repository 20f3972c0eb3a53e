"""What somebody is woken by, and the dashboard they look at, as CloudWatch takes both. Pure.

The figures are where one would want to know; each is a row of a table, for a team to change. An alarm costs
what CloudWatch asks for an alarm, whether it rings or not.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.config import Config
from chalicelib.deploy.resources import queue_name
from chalicelib.frozen import dataclass
from chalicelib.observability.metrics import NAMESPACE, OFF

MINUTE = 60
# Metrics as CloudWatch names them, each with how it is summed up.
Metric = tuple[str, str, str]


@dataclass(frozen=True)
class Watched:
    """What is watched: the stage, its gateway, and the functions that follow the stream.

    In a template these have no names yet: what refers to them stands for them.
    """

    config: Config
    gateway: str
    gateway_stage: str
    streams: Sequence[Any] = ()

    @property
    def prefix(self) -> str:
        """What the names of its alarms begin with."""
        return f"quoll-{self.config.stage}-"


@dataclass(frozen=True)
class Limit:
    """An alarm: when a metric is over `threshold` for `minutes` in a row, and what that means."""

    name: str
    metric: Metric
    threshold: float
    minutes: int
    means: str


_GATEWAY = "AWS/ApiGateway"
_LIMITS = (
    Limit("errors", (_GATEWAY, "5XXError", "Average"), 0.01, 5, "More than 1% of requests fail"),
    Limit("latency", (_GATEWAY, "Latency", "p95"), 3000, 10, "A request in twenty takes over 3 seconds"),
    Limit("throttles", ("AWS/Lambda", "Throttles", "Sum"), 0, 5, "The account's functions are throttled"),
    Limit("reads", ("AWS/DynamoDB", "ReadThrottleEvents", "Sum"), 10, 5, "The table's reads are throttled"),
    Limit(
        "writes", ("AWS/DynamoDB", "WriteThrottleEvents", "Sum"), 10, 5, "The table's writes are throttled"
    ),
    Limit(
        "failed",
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum"),
        0,
        5,
        "A job gave something up: what, is in the queue",
    ),
    Limit("jobs", (NAMESPACE, "JobFailures", "Sum"), 0, 1, "A job failed, or a mail was given up"),
)
_BEHIND = Limit(
    "behind",
    ("AWS/Lambda", "IteratorAge", "Maximum"),
    300_000,
    5,
    "The stream is not followed",
)


def alarms(watched: Watched) -> list[dict[str, Any]]:
    """All alarms, as PutMetricAlarm takes them."""
    return [_alarm(watched, limit, dimensions) for limit, dimensions in _limits(watched)]


def dashboard(watched: Watched, region: str) -> str:
    """The body of the dashboard: each alarm's metric as a graph, two in a row."""
    widgets = []
    for place, (limit, dimensions) in enumerate(_limits(watched)):
        namespace, metric, statistic = limit.metric
        names = [part for each in dimensions for part in (each["Name"], each["Value"])]
        properties = {
            "metrics": [[namespace, metric, *names]],
            "stat": statistic,
            "period": MINUTE,
            "region": region,
            "title": f"{metric}: {limit.means}",
        }
        at = {"x": place % 2 * 12, "y": place // 2 * 6, "width": 12, "height": 6}
        widgets.append({"type": "metric", **at, "properties": properties})
    return json.dumps({"widgets": widgets}, sort_keys=True)


def _limits(watched: Watched) -> Iterator[tuple[Limit, list[dict[str, Any]]]]:
    where = _dimensions(watched)
    yield from ((limit, where[limit.metric[0]]) for limit in _LIMITS if limit.metric[0] in where)
    yield from ((_BEHIND, [{"Name": "FunctionName", "Value": each}]) for each in watched.streams)


def _dimensions(watched: Watched) -> Mapping[str, list[dict[str, str]]]:
    stage = {"ApiName": watched.gateway, "Stage": watched.gateway_stage}
    gateway = {_GATEWAY: [{"Name": name, "Value": value} for name, value in stage.items()]}
    own = {NAMESPACE: [{"Name": "stage", "Value": watched.config.stage}]}
    return {
        **(gateway if watched.gateway else {}),
        **(own if watched.config.metrics != OFF else {}),
        "AWS/Lambda": [],
        "AWS/DynamoDB": [{"Name": "TableName", "Value": watched.config.table}],
        "AWS/SQS": [{"Name": "QueueName", "Value": queue_name(watched.config)}],
    }


def _alarm(watched: Watched, limit: Limit, dimensions: list[dict[str, str]]) -> dict[str, Any]:
    namespace, metric, statistic = limit.metric
    kind = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
    topic = watched.config.alarm_topic
    return {
        "AlarmName": watched.prefix + limit.name,
        "AlarmDescription": limit.means,
        "Namespace": namespace,
        "MetricName": metric,
        kind: statistic,
        "Dimensions": dimensions,
        "Period": MINUTE,
        "EvaluationPeriods": limit.minutes,
        "Threshold": limit.threshold,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [topic] if topic else [],
    }
