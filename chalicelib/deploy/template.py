"""The stage as CloudFormation, for `chalice package --merge-template`: what provisioning would make.

Chalice's own template brings the functions and the gateway; this one adds the table, the bucket, the queue,
alarms and the dashboard, and to Chalice's what it leaves out. Names are the same as provisioning's, so that
the functions' settings hold for both. Secrets are not in it: CloudFormation makes no encrypted parameters.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalice.utils import to_cfn_resource_name

from chalicelib.config import Config
from chalicelib.deploy.alarms import Watched, alarms, dashboard
from chalicelib.deploy.gateway_stage import (
    BURST,
    JOB_TRIES,
    LOG_DAYS,
    LOG_FORMAT,
    RATE,
    dashboard_name,
    log_group,
    stream_settings,
)
from chalicelib.deploy.resources import as_tags, queue_name, wanted_resources
from chalicelib.frozen import dataclass
from chalicelib.storage.table import table_definition

Resource = dict[str, Any]

QUEUE_ARN = {"Fn::GetAtt": ["Failed", "Arn"]}
ON_FAILURE = {"OnFailure": {"Type": "SQS", "Destination": QUEUE_ARN}}
LOGS = "GatewayLogs"
PARAMETER = {
    "Type": "String",
    "AllowedValues": ["yes", "no"],
    "Default": "no",
    "Description": "Whether to log each request: API Gateway needs a role for that in its settings first",
}


@dataclass(frozen=True)
class Application:
    """What the application is: its gateway's stage, its functions that no request calls."""

    name: str
    gateway_stage: str
    streams: Sequence[str]
    schedules: Sequence[str]


def make_template(config: Config, application: Application) -> dict[str, Any]:
    """All of it."""
    return {
        "Parameters": {LOGS: PARAMETER},
        "Conditions": {LOGS: {"Fn::Equals": [{"Ref": LOGS}, "yes"]}},
        "Resources": {
            "Table": _kept(config, _table(config)),
            "Bucket": _kept(config, _bucket(config)),
            "Failed": _queue(config),
            "GatewayLog": _log(config),
            "RestAPI": _gateway(config, application),
            **{to_cfn_resource_name(name): _stream(name) for name in application.streams},
            **{to_cfn_resource_name(name): _job() for name in application.schedules},
            **_watching(config, application),
        },
    }


def gateway_name(config: Config, name: str) -> str:
    """What the gateway is called: its metrics are told from other stages' by it."""
    return f"{name}-{config.stage}"


def _kept(config: Config, resource: Resource) -> Resource:
    """Data outlives its stack, unless the stage is one to throw away or the first try of a stack failed."""
    if config.is_disposable:
        return {**resource, "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}
    return {**resource, "DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}


def _wanted(config: Config) -> Mapping[str, Any]:
    return {each.key: each.wanted for each in wanted_resources(config)}


def _table(config: Config) -> Resource:
    """Not protected from deletion yet, or a first try could not be taken back: provisioning does that."""
    wanted = _wanted(config)
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            **table_definition(config.table),
            "StreamSpecification": {"StreamViewType": wanted["table.stream"]},
            "TimeToLiveSpecification": {"AttributeName": wanted["table.expiry"], "Enabled": True},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": "table.recovery" in wanted},
            "Tags": as_tags(config),
        },
    }


def _bucket(config: Config) -> Resource:
    wanted = _wanted(config)
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": wanted["bucket.encryption"]}}
    rules = [_lifecycle(name, rule) for name, rule in wanted["bucket.lifecycle"].items()]
    properties: Resource = {
        "BucketName": config.bucket,
        "PublicAccessBlockConfiguration": wanted["bucket.access"],
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        "CorsConfiguration": {"CorsRules": [_cors(rule) for rule in wanted["bucket.cors"]]},
        "LifecycleConfiguration": {"Rules": rules},
        "Tags": as_tags(config),
    }
    if "bucket.versioning" in wanted:
        properties["VersioningConfiguration"] = {"Status": wanted["bucket.versioning"]}
    return {"Type": "AWS::S3::Bucket", "Properties": properties}


def _cors(rule: Mapping[str, Any]) -> Resource:
    renamed = {"ExposeHeaders": "ExposedHeaders", "MaxAgeSeconds": "MaxAge"}
    return {renamed.get(name, name): value for name, value in rule.items()}


def _lifecycle(name: str, rule: Mapping[str, Any]) -> Resource:
    renamed = {"Days": "ExpirationInDays"}
    same = {key: value for key, value in rule.items() if key not in ("Expiration", "Filter")}
    expiration = {renamed.get(key, key): value for key, value in rule.get("Expiration", {}).items()}
    return {"Id": name, **rule.get("Filter", {}), **same, **expiration}


def _queue(config: Config) -> Resource:
    attributes = _wanted(config)["queue.attributes"]
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": queue_name(config),
            "MessageRetentionPeriod": int(attributes["MessageRetentionPeriod"]),
            "SqsManagedSseEnabled": attributes["SqsManagedSseEnabled"] == "true",
            "Tags": as_tags(config),
        },
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
    }


def _log(config: Config) -> Resource:
    properties = {"LogGroupName": log_group(config), "RetentionInDays": LOG_DAYS}
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": properties,
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
    }


def _gateway(config: Config, application: Application) -> Resource:
    access = {"DestinationArn": {"Fn::GetAtt": ["GatewayLog", "Arn"]}, "Format": LOG_FORMAT}
    everywhere = {"HttpMethod": "*", "ResourcePath": "/*"}
    limit = {**everywhere, "ThrottlingRateLimit": RATE, "ThrottlingBurstLimit": BURST}
    return {
        "Properties": {
            "MethodSettings": [limit],
            "AccessLogSetting": {"Fn::If": [LOGS, access, {"Ref": "AWS::NoValue"}]},
            "DefinitionBody": {"info": {"title": gateway_name(config, application.name)}},
        }
    }


def _stream(name: str) -> Resource:
    settings = {
        **stream_settings(QUEUE_ARN),
        "DestinationConfig": ON_FAILURE,
        "Stream": {"Fn::GetAtt": ["Table", "StreamArn"]},
    }
    event = to_cfn_resource_name(f"{name}-dynamodb-event-source")
    return {"Properties": {"Events": {event: {"Properties": settings}}}}


def _job() -> Resource:
    settings = {"MaximumRetryAttempts": JOB_TRIES, "DestinationConfig": ON_FAILURE}
    return {"Properties": {"EventInvokeConfig": settings}}


def _watching(config: Config, application: Application) -> dict[str, Resource]:
    """CloudFormation names the functions itself: they are referred to by their place in the template."""
    gateway = (gateway_name(config, application.name), application.gateway_stage)
    places = [to_cfn_resource_name(name) for name in application.streams]
    drawn = dashboard(Watched(config, *gateway, [f"${{{place}}}" for place in places]), "${AWS::Region}")
    watched = Watched(config, *gateway, [{"Ref": place} for place in places])
    board = {"DashboardName": dashboard_name(config), "DashboardBody": {"Fn::Sub": drawn}}
    return {
        "Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": board},
        **{
            "Alarm" + to_cfn_resource_name(alarm["AlarmName"].removeprefix(watched.prefix)): {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": alarm,
            }
            for alarm in alarms(watched)
        },
    }
