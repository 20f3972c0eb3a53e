"""Each view and job does here what its role allows on AWS, and no more.

`make run` and the tests call the whole application in one process, whose AWS refuses nothing. So every call
that boto3 is about to make for a function is compared with the policy that deployment would give it.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from fnmatch import fnmatchcase
from functools import cache
from typing import Any
from urllib.parse import unquote

import botocore.handlers

from chalicelib.config import get_config
from chalicelib.deploy.permissions import FUNCTIONS, NO_ROW, needs_of
from chalicelib.deploy.policies import policy_document

_function: ContextVar[str] = ContextVar("function", default="")

# A transaction needs what its parts need.
TRANSACTION = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
}
# S3's operations that are called otherwise than what IAM asks for: on the files, or on the bucket.
S3_ACTIONS = {
    "HeadObject": "GetObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
}
S3_BUCKET_ACTIONS = {"ListObjectsV2": "ListBucket"}
# How the services that functions may use name what a call is about.
RESOURCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "dynamodb": lambda params: f"table/{params['TableName']}",
    "ssm": lambda params: f"parameter{params['Name']}",
    "ses": lambda params: f"identity/{params['FromEmailAddress']}",
    "sqs": lambda params: str(params["QueueUrl"]).rpartition("/")[2],
}

LEADING = "dynamodb:LeadingKeys"
# Whether a condition's operator holds, of a call's partition ("" where it tells of none) and what is named.
HOLD: Mapping[str, Callable[[str, Any], bool]] = {
    "ForAllValues:StringLike": lambda key, named: not key or any(fnmatchcase(key, each) for each in named),
    "Null": lambda key, named: (named == "true") == (not key),
}

# Services that IAM calls otherwise than botocore.
NAMES = {"sesv2": "ses"}


class NotPermitted(Exception):
    """A function was about to do what its row does not allow."""


@contextlib.contextmanager
def acting_as(function: str) -> Iterator[None]:
    """Calls made within are a function's: those of its view or job."""
    token = _function.set(function)
    try:
        yield
    finally:
        _function.reset(token)


def judge_call(params: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any) -> None:
    """botocore's event before a call. Raises NotPermitted."""
    function = _function.get()
    if not function:
        return  # a command, a test: whoever runs it has permissions of their own
    operation, service = model.name, model.service_model.service_name
    if operation == "CreateBucket" and context.get("is_presign_request"):
        operation = "PutObject"  # botocore has no model of a form that is signed, and takes another one's
    for action, resource in needed_for(service, operation, params):
        if not is_allowed(function, action, resource, leading_key(service, params)):
            raise NotPermitted(_complain(function, action, resource))


def needed_for(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The actions that IAM asks for, each with the resource it is about."""
    if operation == "TransactWriteItems":
        for item in params["TransactItems"]:
            ((kind, part),) = item.items()
            yield f"dynamodb:{TRANSACTION[kind]}", _arn("dynamodb", f"table/{part['TableName']}")
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in params["RequestItems"]:
            yield f"dynamodb:{operation}", _arn("dynamodb", f"table/{table}")
    elif service == "s3":
        yield from _needed_for_s3(operation, params)
    else:
        name = NAMES.get(service, service)
        yield f"{name}:{operation}", _resource(name, params)


def leading_key(service: str, params: Mapping[str, Any]) -> str:
    """The kind of partition that a call to DynamoDB is about, where it is about one: what policies name."""
    key = params.get("Key", params.get("Item", {})) if service == "dynamodb" else {}
    return "".join(str(key.get("pk", {}).get("S", "")).partition("#")[:2])


def _needed_for_s3(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    bucket = f"arn:aws:s3:::{params['Bucket']}"
    if operation in S3_BUCKET_ACTIONS:
        yield f"s3:{S3_BUCKET_ACTIONS[operation]}", bucket
        return
    if operation == "CopyObject":  # botocore has made a text of its source by now
        yield "s3:GetObject", f"arn:aws:s3:::{unquote(params['CopySource'])}"
    keys = [each["Key"] for each in params.get("Delete", {}).get("Objects", ())] or [params.get("Key", "")]
    for key in keys:
        yield f"s3:{S3_ACTIONS.get(operation, operation)}", f"{bucket}/{key}"


@cache
def is_allowed(function: str, action: str, resource: str, leading: str = "") -> bool:
    """Whether the policy of a function's row allows an action on a resource, in a partition of a table."""
    if function not in FUNCTIONS:
        return False
    statements = policy_document(needs_of([function]), get_config())["Statement"]
    return any(
        action in each["Action"]
        and any(fnmatchcase(resource, allowed) for allowed in each["Resource"])
        and _holds(each.get("Condition", {}), leading)
        for each in statements
    )


def _holds(condition: Mapping[str, Mapping[str, Any]], leading: str) -> bool:
    """Whether a statement's conditions hold. All that policies have is about partitions."""
    return all(HOLD[operator](leading, named[LEADING]) for operator, named in condition.items())


def _resource(service: str, params: Mapping[str, Any]) -> str:
    """What a call is about. Of a service that is not known here: something that no policy names."""
    if service not in RESOURCES:
        return f"unknown: {service} {json.dumps(sorted(params))}"
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    return _arn(service, RESOURCES[service](params) + index)


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:us-east-1:000000000000:{resource}"


def _complain(function: str, action: str, resource: str) -> str:
    if function not in FUNCTIONS:
        return NO_ROW.format(name=function)
    return f"{function} may not {action} on {resource}: see its row in chalicelib/deploy/permissions.py."


botocore.handlers.BUILTIN_HANDLERS.append(("before-parameter-build", judge_call))
