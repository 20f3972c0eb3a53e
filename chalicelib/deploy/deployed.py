"""What `chalice deploy` has made of a stage, as it noted it down in .chalice/deployed/<stage>.json."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chalicelib.config import STAGES_FILE
from chalicelib.frozen import dataclass

FOLDER = STAGES_FILE.parent / "deployed"


@dataclass(frozen=True)
class Deployed:
    """The gateway and its stage, the stream's event sources by function, the functions on schedules.

    `gateway` is the gateway's name, which Chalice does not note: metrics are filed under it. `noted` is the
    file that all this was read from.
    """

    rest_api: str = ""
    gateway: str = ""
    gateway_stage: str = ""
    streams: Mapping[str, str] = field(default_factory=dict)
    schedules: Sequence[str] = ()
    noted: Path | None = field(default=None, compare=False)


def find_deployed(stage: str, folder: Path = FOLDER) -> Deployed | None:
    """What is deployed on a stage; None before the first `chalice deploy`."""
    file = folder / f"{stage}.json"
    if not file.exists():
        return None
    return replace(read_deployed(json.loads(file.read_text())["resources"]), noted=file)


def read_deployed(resources: Sequence[Mapping[str, Any]]) -> Deployed:
    """The resources that Chalice noted, as far as something is set on them."""
    apis = [each for each in resources if each["resource_type"] == "rest_api"]
    functions = {
        each["name"]: function_name(each["lambda_arn"])
        for each in resources
        if each["resource_type"] == "lambda_function"
    }
    events = [each for each in resources if each["resource_type"] == "cloudwatch_event"]
    return Deployed(
        rest_api=apis[0]["rest_api_id"] if apis else "",
        gateway_stage=urlsplit(apis[0]["rest_api_url"]).path.strip("/").split("/")[-1] if apis else "",
        streams={
            function_name(each["lambda_arn"]): each["event_uuid"]
            for each in resources
            if each["resource_type"] == "dynamodb_event"
        },
        schedules=tuple(
            functions[name] for each in events if (name := each["name"].removesuffix("-event")) in functions
        ),
    )


def note_stream(deployed: Deployed, function: str, mapping: Mapping[str, str]) -> None:
    """Let the next `chalice deploy` know a function's new event source: it would make another one."""
    if deployed.noted is None:
        return
    noted = json.loads(deployed.noted.read_text())
    for each in noted["resources"]:
        if each["resource_type"] == "dynamodb_event" and function_name(each["lambda_arn"]) == function:
            each |= {"event_uuid": mapping["UUID"], "stream_arn": mapping["EventSourceArn"]}
    deployed.noted.write_text(json.dumps(noted, indent=2) + "\n")


def function_name(arn: str) -> str:
    """The name in a function's ARN.

    >>> function_name("arn:aws:lambda:eu-west-1:123456789012:function:quoll-dev-health")
    'quoll-dev-health'
    """
    return arn.split(":")[6]
