"""What is set on a stage that is deployed, by the keys of gateway_stage.py. Changes nothing."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.config import Config
from chalicelib.deploy.aws import Aws, find
from chalicelib.deploy.deployed import Deployed
from chalicelib.deploy.found import find_queue
from chalicelib.deploy.gateway_stage import dashboard_name, log_group
from chalicelib.deploy.plan import Unknown
from chalicelib.storage.table import find_table

NO_ROLE = (
    "API Gateway may not write logs in this account and region yet: make a role with the policy"
    " AmazonAPIGatewayPushToCloudWatchLogs, name it in API Gateway's settings, run this again"
)
EVERYWHERE = "*/*"


def find_settings(aws: Aws, deployed: Deployed) -> dict[str, Any]:
    """The state of each aspect; what is not set is not in it."""
    looks = (_gateway, _logs, _streams, _jobs, _watching)
    found = {key: state for look in looks for key, state in look(aws, deployed).items()}
    return {key: state for key, state in found.items() if state is not None}


def find_arns(aws: Aws) -> dict[str, str]:
    """The ARNs that settings refer to; the queue's is empty while there is none."""
    address = find_queue(aws)
    asked = {"QueueUrl": address, "AttributeNames": ["QueueArn"]}
    answer = aws.open_client("sqs").get_queue_attributes(**asked) if address else {"Attributes": {}}
    queue = answer["Attributes"].get("QueueArn", "")
    stream = (find_table(aws.engine) or {}).get("LatestStreamArn", "")
    return {"queue": queue, "stream": stream, "logs": _log_group_arn(aws.config, queue)}


def with_gateway(aws: Aws, deployed: Deployed) -> Deployed:
    """The deployment with the name that its gateway has."""
    if not deployed.rest_api:
        return deployed
    return replace(
        deployed, gateway=aws.open_client("apigateway").get_rest_api(restApiId=deployed.rest_api)["name"]
    )


def _log_group_arn(config: Config, neighbour: str) -> str:
    """Of the same partition and account as something else."""
    _, partition, _, region, account, *_ = [*neighbour.split(":"), *[""] * 6][:6]
    return f"arn:{partition}:logs:{region}:{account}:log-group:{log_group(config)}"


def _gateway(aws: Aws, deployed: Deployed) -> Mapping[str, Any]:
    if not deployed.rest_api:
        return {}
    client = aws.open_client("apigateway")
    stage = client.get_stage(restApiId=deployed.rest_api, stageName=deployed.gateway_stage)
    settings = stage.get("methodSettings", {}).get(EVERYWHERE, {})
    has_limit = settings.get("throttlingBurstLimit", -1) >= 0
    return {"gateway.throttling": settings if has_limit else None, "gateway.logs": _access_log(client, stage)}


def _access_log(client: Any, stage: Mapping[str, Any]) -> Any:
    if settings := stage.get("accessLogSettings"):
        return settings
    return None if client.get_account().get("cloudwatchRoleArn") else Unknown(NO_ROLE)


def _logs(aws: Aws, _: Deployed) -> Mapping[str, Any]:
    name = log_group(aws.config)
    groups = aws.open_client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    ours = [each for each in groups if each["logGroupName"] == name]
    return {"logs": True, "logs.days": ours[0].get("retentionInDays")} if ours else {}


def _streams(aws: Aws, deployed: Deployed) -> Mapping[str, Any]:
    client = aws.open_client("lambda")
    return {f"stream.{function}": find_source(client, uuid) for function, uuid in deployed.streams.items()}


def find_source(client: Any, uuid: str) -> Any:
    """An event source; None for one that is gone."""
    return find(lambda: client.get_event_source_mapping(UUID=uuid), "ResourceNotFoundException")


def _jobs(aws: Aws, deployed: Deployed) -> Mapping[str, Any]:
    client = aws.open_client("lambda")

    def settings_of(function: str) -> Any:
        asked = {"FunctionName": function}
        return find(lambda: client.get_function_event_invoke_config(**asked), "ResourceNotFoundException")

    return {f"job.{function}": settings_of(function) for function in deployed.schedules}


def _in_order(alarm: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**alarm, "Dimensions": sorted(alarm["Dimensions"], key=lambda each: str(each["Name"]))}


def _watching(aws: Aws, _: Deployed) -> Mapping[str, Any]:
    client, name = aws.open_client("cloudwatch"), dashboard_name(aws.config)
    pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{name}-")
    alarms = {
        f"alarm.{each['AlarmName']}": _in_order(each) for page in pages for each in page["MetricAlarms"]
    }
    missing = ("ResourceNotFound", "DashboardNotFoundError")
    drawn = find(lambda: client.get_dashboard(DashboardName=name), *missing)
    return {**alarms, "dashboard": json.loads(drawn["DashboardBody"]) if drawn else None}
