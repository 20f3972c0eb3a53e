"""Metrics for CloudWatch, in its embedded format: a line on stdout becomes numbers that can be alarmed on.

CloudWatch asks a price for each combination of name and dimensions, so there are few of both: all metrics
have the dimension `stage`; where QUOLL_METRICS is `function` they are kept for each function as well. Route,
plan and ids go along as plain fields, for queries over the log. QUOLL_METRICS=off writes nothing.
"""

from collections.abc import Mapping

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from chalicelib.config import get_config

NAMESPACE = "Quoll"
UNITS: Mapping[str, MetricUnit] = {
    "Latency": MetricUnit.Milliseconds,
    "Refusals": MetricUnit.Count,
    "Errors": MetricUnit.Count,
    "ReadUnits": MetricUnit.Count,
    "WriteUnits": MetricUnit.Count,
    "Throttles": MetricUnit.Count,
    "ItemsExamined": MetricUnit.Count,
    "ColdStart": MetricUnit.Count,
    "JobFailures": MetricUnit.Count,
}
OFF, BY_STAGE, BY_FUNCTION = "off", "stage", "function"


def publish_metrics(
    function: str, amounts: Mapping[str, float], facts: Mapping[str, object] | None = None
) -> None:
    """Write one line of metrics, unless the stage has none."""
    config = get_config()
    if config.metrics == OFF:
        return
    line = AmazonCloudWatchEMFProvider(namespace=NAMESPACE, dimension_set={"stage": config.stage})
    if config.metrics == BY_FUNCTION:
        line.add_dimensions(stage=config.stage, function=function)
    for name, fact in {"function": function, **(facts or {})}.items():
        line.add_metadata(name, fact)
    for name, amount in amounts.items():
        line.add_metric(name, UNITS[name], amount)
    line.flush_metrics()
