"""Setting on a deployed stage what Chalice cannot: what the steps of gateway_stage.py are done by."""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.deploy.apply import Do
from chalicelib.deploy.aws import Aws
from chalicelib.deploy.deployed import Deployed, note_stream
from chalicelib.deploy.found_settings import find_source
from chalicelib.deploy.gateway_stage import dashboard_name, log_group
from chalicelib.deploy.resources import as_tags

LIMIT = "/*/*/throttling/"
LOG = "/accessLogSettings/"
BATCHES = ("BatchSize", "MaximumBatchingWindowInSeconds")
MAPPING_TRIES = 60
MAPPING_PAUSE = 2.0


def make_does(deployed: Deployed) -> Mapping[str, Do]:
    """What does the steps, on this deployment."""

    def patch_stage(aws: Aws, changes: Mapping[str, Any]) -> None:
        patch = [{"op": "replace", "path": path, "value": str(value)} for path, value in changes.items()]
        aws.open_client("apigateway").update_stage(
            restApiId=deployed.rest_api, stageName=deployed.gateway_stage, patchOperations=patch
        )

    def limit(aws: Aws, wanted: Mapping[str, Any]) -> None:
        rate, burst = wanted["throttlingRateLimit"], wanted["throttlingBurstLimit"]
        patch_stage(aws, {f"{LIMIT}rateLimit": rate, f"{LIMIT}burstLimit": burst})

    def note_requests(aws: Aws, wanted: Mapping[str, Any]) -> None:
        patch_stage(aws, {LOG + name: value for name, value in wanted.items()})

    streams = {f"stream.{function}": _follow(deployed, function) for function in deployed.streams}
    jobs = {f"job.{function}": _keep_failures(function) for function in deployed.schedules}
    return {**_FIXED, **streams, **jobs, "gateway.throttling": limit, "gateway.logs": note_requests}


def _follow(deployed: Deployed, function: str) -> Do:
    def follow(aws: Aws, wanted: Mapping[str, Any]) -> None:
        client, uuid = aws.open_client("lambda"), deployed.streams[function]
        source = _find_settled(aws, uuid)
        if source and source["EventSourceArn"] == wanted["EventSourceArn"]:
            settings = {name: each for name, each in wanted.items() if name != "EventSourceArn"}
            client.update_event_source_mapping(UUID=uuid, **settings)
            return
        made = _make_source(client, function, {**_batches(source or {}), **wanted})
        if source:
            client.delete_event_source_mapping(UUID=uuid)
        note_stream(deployed, function, made)  # at last: a try that was cut short is told by what is noted

    return follow


def _find_settled(aws: Aws, uuid: str) -> Any:
    """An event source that can be changed: one that Chalice has made a moment ago cannot yet."""
    client = aws.open_client("lambda")
    for _ in range(MAPPING_TRIES):
        source = find_source(client, uuid)
        if source is None or not source.get("State", "").endswith("ing"):
            break
        aws.engine.pause(MAPPING_PAUSE)
    return source


def _make_source(client: Any, function: str, wanted: Mapping[str, Any]) -> Any:
    """A new one from the stream's beginning; the one that an earlier try has made."""
    asked = {"FunctionName": function, "EventSourceArn": wanted["EventSourceArn"]}
    made = client.list_event_source_mappings(**asked)["EventSourceMappings"]
    new = {**wanted, "FunctionName": function, "StartingPosition": "TRIM_HORIZON"}
    return made[0] if made else client.create_event_source_mapping(**new)


def _batches(source: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: source[name] for name in BATCHES if name in source}


def _keep_failures(function: str) -> Do:
    def keep_failures(aws: Aws, wanted: Mapping[str, Any]) -> None:
        aws.open_client("lambda").put_function_event_invoke_config(FunctionName=function, **wanted)

    return keep_failures


def _make_log_group(aws: Aws, _: Any) -> None:
    tags = {each["Key"]: each["Value"] for each in as_tags(aws.config)}
    aws.open_client("logs").create_log_group(logGroupName=log_group(aws.config), tags=tags)


def _limit_log(aws: Aws, days: int) -> None:
    aws.open_client("logs").put_retention_policy(logGroupName=log_group(aws.config), retentionInDays=days)


def _draw(aws: Aws, body: Any) -> None:
    text = json.dumps(body)
    aws.open_client("cloudwatch").put_dashboard(DashboardName=dashboard_name(aws.config), DashboardBody=text)


_FIXED: Mapping[str, Do] = {
    "logs": _make_log_group,
    "logs.days": _limit_log,
    "alarm": lambda aws, alarm: aws.open_client("cloudwatch").put_metric_alarm(**alarm),
    "dashboard": _draw,
}
