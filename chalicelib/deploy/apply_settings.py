"""Setting on a deployed stage what Chalice cannot: what the steps of gateway_stage.py are done by."""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.deploy.apply import Do
from chalicelib.deploy.aws import Aws
from chalicelib.deploy.deployed import Deployed
from chalicelib.deploy.gateway_stage import dashboard_name, log_group
from chalicelib.deploy.resources import as_tags

LIMIT = "/*/*/throttling/"
LOG = "/accessLogSettings/"
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

    streams = {f"stream.{function}": _follow(uuid) for function, uuid in deployed.streams.items()}
    jobs = {f"job.{function}": _keep_failures(function) for function in deployed.schedules}
    return {**_FIXED, **streams, **jobs, "gateway.throttling": limit, "gateway.logs": note_requests}


def _follow(uuid: str) -> Do:
    def follow(aws: Aws, wanted: Mapping[str, Any]) -> None:
        client = aws.open_client("lambda")
        for _ in range(MAPPING_TRIES):  # one that Chalice has made a moment ago cannot be changed yet
            if not client.get_event_source_mapping(UUID=uuid).get("State", "").endswith("ing"):
                break
            aws.engine.pause(MAPPING_PAUSE)
        client.update_event_source_mapping(UUID=uuid, **wanted)

    return follow


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
