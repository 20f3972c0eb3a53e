"""Doing what a plan says, step by step. Each step may be repeated: a plan that was cut short is made anew."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import clock
from chalicelib.deploy.aws import Aws, find
from chalicelib.deploy.found import find_queue
from chalicelib.deploy.plan import Plan, Step
from chalicelib.deploy.resources import QUEUE_ATTRIBUTES, as_tags, queue_name
from chalicelib.errors import ApiError
from chalicelib.storage.bucket import create_bucket, keep_rules
from chalicelib.storage.failures import StorageFailure
from chalicelib.storage.secrets import SECRETS, new_secret, secret_path
from chalicelib.storage.table import (
    add_index,
    create_table,
    expire_items,
    is_active,
    keep_recoverable,
    protect_table,
    start_stream,
)

# An index that is added to a table with records is filled before it can be used.
ACTIVE_SECONDS = 3600
ASK_EVERY = 2.0

Do = Callable[[Aws, Any], None]
Say = Callable[[str], None]


class CannotProvision(Exception):
    """What is in the way, and what to do about it."""


def apply_plan(plan: Plan, aws: Aws, say: Say, does: Mapping[str, Do]) -> None:
    """Do it all, telling each step. Raises CannotProvision; what was done until then stays."""
    for number, step in enumerate(plan.steps, 1):
        say(f"[{number}/{len(plan.steps)}] {step.words}")
        try:
            _does_of(step, does)(aws, step.wanted)
        except (ClientError, BotoCoreError, StorageFailure, ApiError) as error:
            raise CannotProvision(
                f"Could not {step.words}: {error}\nWhat was done before it stays. Once that is put right, run"
                " this command again: it goes on from here."
            ) from error


def wait_until_active(aws: Aws, _: object = None) -> None:
    """A table that was made or changed takes some seconds before it can be used."""
    engine, deadline = aws.engine, clock.stopwatch() + ACTIVE_SECONDS * 1000
    while not is_active(engine):
        if clock.stopwatch() > deadline:
            raise StorageFailure(f"table {engine.table} is still not active after {ACTIVE_SECONDS} seconds")
        engine.pause(ASK_EVERY)


def _does_of(step: Step, does: Mapping[str, Do]) -> Do:
    """What a step is done by: by its key, or by the kind of thing that it starts with."""
    return does.get(step.key) or does[step.key.rpartition(".")[0]]


def _then_wait(do: Callable[[Aws, Any], object]) -> Do:
    def do_and_wait(aws: Aws, wanted: Any) -> None:
        do(aws, wanted)
        wait_until_active(aws)

    return do_and_wait


def _protect_bucket(aws: Aws, wanted: Any) -> None:
    aws.open_client("s3").put_public_access_block(
        Bucket=aws.config.bucket, PublicAccessBlockConfiguration=wanted
    )


def _encrypt_bucket(aws: Aws, wanted: Any) -> None:
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": wanted}}]
    aws.open_client("s3").put_bucket_encryption(
        Bucket=aws.config.bucket, ServerSideEncryptionConfiguration={"Rules": rules}
    )


def _open_bucket(aws: Aws, wanted: Any) -> None:
    aws.open_client("s3").put_bucket_cors(Bucket=aws.config.bucket, CORSConfiguration={"CORSRules": wanted})


def _version_bucket(aws: Aws, wanted: Any) -> None:
    aws.open_client("s3").put_bucket_versioning(
        Bucket=aws.config.bucket, VersioningConfiguration={"Status": wanted}
    )


def _make_queue(aws: Aws, _: Any) -> None:
    aws.open_client("sqs").create_queue(
        QueueName=queue_name(aws.config),
        Attributes=QUEUE_ATTRIBUTES,
        tags={each["Key"]: each["Value"] for each in as_tags(aws.config)},
    )


def _set_up_queue(aws: Aws, wanted: Any) -> None:
    aws.open_client("sqs").set_queue_attributes(QueueUrl=find_queue(aws), Attributes=wanted)


def _make_secret(aws: Aws, name: str) -> None:
    """Whoever else makes it at the same time: the first one counts."""
    parameter = {
        "Name": secret_path(aws.config, name),
        "Description": f"Quoll: {SECRETS[name]}",
        "Value": new_secret(),
        "Type": "SecureString",
        "Overwrite": False,
        "Tags": as_tags(aws.config),
    }
    find(lambda: aws.open_client("ssm").put_parameter(**parameter), "ParameterAlreadyExists")


RESOURCES: Mapping[str, Do] = {
    "table": _then_wait(lambda aws, _: create_table(aws.engine, is_protected=not aws.config.is_disposable)),
    "table.index": _then_wait(lambda aws, number: add_index(aws.engine, number)),
    "table.stream": _then_wait(lambda aws, _: start_stream(aws.engine)),
    "table.expiry": lambda aws, _: expire_items(aws.engine),
    "table.recovery": lambda aws, _: keep_recoverable(aws.engine),
    "table.protection": _then_wait(lambda aws, _: protect_table(aws.engine)),
    "bucket": lambda aws, _: create_bucket(aws.open_client("s3"), aws.config),
    "bucket.access": _protect_bucket,
    "bucket.encryption": _encrypt_bucket,
    "bucket.cors": _open_bucket,
    "bucket.lifecycle": lambda aws, rules: keep_rules(aws.open_client("s3"), aws.config.bucket, rules),
    "bucket.versioning": _version_bucket,
    "queue": _make_queue,
    "queue.attributes": _set_up_queue,
    "secret": _make_secret,
}
