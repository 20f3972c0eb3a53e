"""What Chalice cannot set on what it has deployed, as data: the gateway, the stream, the jobs.

As with resources.py, provisioning compares it with what is there, and the template is made of the same.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.config import Config
from chalicelib.deploy.alarms import Watched, alarms, dashboard
from chalicelib.deploy.deployed import Deployed
from chalicelib.deploy.plan import Aspect
from chalicelib.storage.followed import filter_criteria

# Requests per second that a stage takes, and how many at once. The rest gets a 429: it bounds the bill.
RATE = 500
BURST = 1000
LOG_DAYS = 30
# A batch that fails is halved and tried again; what fails this often goes to the queue.
STREAM_TRIES = 20
JOB_TRIES = 2

_LOGGED = {
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "at": "$context.requestTime",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "error": "$context.error.responseType",  # the message may have quotes, and would break the line
}
LOG_FORMAT = json.dumps(_LOGGED)
THROTTLING = {"throttlingRateLimit": RATE, "throttlingBurstLimit": BURST}


def log_group(config: Config) -> str:
    """Where the gateway notes each request."""
    return f"/aws/apigateway/quoll-{config.stage}"


def stream_settings(queue_arn: Any) -> dict[str, Any]:
    """How Lambda follows a stream: no call for what nobody uses; what fails is told apart, and given up."""
    return {
        "FilterCriteria": filter_criteria(),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": STREAM_TRIES,
        "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
    }


def wanted_settings(config: Config, deployed: Deployed, arns: Mapping[str, str]) -> list[Aspect]:
    """All of it. `arns` says those of the queue, the table's stream and the log group."""
    watched = Watched(config, deployed.gateway, deployed.gateway_stage, tuple(deployed.streams))
    return [*_gateway(config, deployed, arns), *_functions(deployed, arns), *_watching(watched)]


def dashboard_name(config: Config) -> str:
    """What the stage's dashboard is called."""
    return f"quoll-{config.stage}"


def _gateway(config: Config, deployed: Deployed, arns: Mapping[str, str]) -> Iterator[Aspect]:
    if not deployed.rest_api:
        return
    group = log_group(config)
    yield Aspect("logs", f"make the log group {group}")
    yield Aspect("logs.days", f"keep what is in {group} for {LOG_DAYS} days", LOG_DAYS, once=True)
    limit = f"take at most {RATE} requests per second, {BURST} at once"
    yield Aspect("gateway.throttling", limit, THROTTLING, once=True)
    access = {"destinationArn": arns["logs"], "format": LOG_FORMAT}
    yield Aspect("gateway.logs", f"note each request in {group}", access, once=True)


def _functions(deployed: Deployed, arns: Mapping[str, str]) -> Iterator[Aspect]:
    queue_arn = arns["queue"]
    for function in deployed.streams:
        words = (
            f"let {function} follow the table's stream, tell what failed, give up after {STREAM_TRIES} tries"
        )
        # Chalice leaves an event source with the stream that it was made for, also when the table is another.
        yield Aspect(
            f"stream.{function}", words, {"EventSourceArn": arns["stream"], **stream_settings(queue_arn)}
        )
    for function in deployed.schedules:
        wanted = {
            "MaximumRetryAttempts": JOB_TRIES,
            "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
        }
        yield Aspect(f"job.{function}", f"keep what {function} fails to do", wanted)


def _watching(watched: Watched) -> Iterator[Aspect]:
    for alarm in alarms(watched):
        yield Aspect(f"alarm.{alarm['AlarmName']}", f"set the alarm {alarm['AlarmName']}", alarm)
    name = dashboard_name(watched.config)
    body = json.loads(dashboard(watched, watched.config.region))
    yield Aspect("dashboard", f"draw the dashboard {name}", body)
