"""What a stage needs before the first request, as data: table, bucket, queue, secrets.

Provisioning compares it with what is there (found.py, plan.py) and does what is missing (apply.py); the
CloudFormation template is made of the same (template.py).
"""

from collections.abc import Iterator
from typing import Any

from chalicelib.config import Config
from chalicelib.deploy.plan import Aspect
from chalicelib.storage.bucket import cors_rules, lifecycle_rules
from chalicelib.storage.secrets import SECRETS, secret_path
from chalicelib.storage.table import INDEXES, TTL_ATTRIBUTE, VIEW, index_name, key_schemas

RETENTION_DAYS = 14
QUEUE_ATTRIBUTES = {
    "MessageRetentionPeriod": str(RETENTION_DAYS * 24 * 3600),
    "SqsManagedSseEnabled": "true",
}
PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTION = "AES256"


def wanted_resources(config: Config) -> list[Aspect]:
    """All of it, in the order in which it is made."""
    return [*_table(config), *_bucket(config), *_queue(config), *_secrets(config)]


def queue_name(config: Config) -> str:
    """Where Lambda puts what a job could not do in all its tries."""
    return f"quoll-{config.stage}-failed"


def _table(config: Config) -> Iterator[Aspect]:
    table = f"table {config.table}"
    other = f"The {table} was not made by Quoll. Name another one with QUOLL_TABLE in .chalice/config.json."
    yield Aspect("table", f"make {table} with its {INDEXES} indexes and its stream")
    yield Aspect("table.keys", "", key_schemas(), of="table", remedy=other)
    for number in range(1, INDEXES + 1):
        index = index_name(number)
        yield Aspect(f"table.index.{number}", f"add index {index} to {table}", number, of="table")
    view = (
        f"The stream of {table} is of another kind than {VIEW}. Once nothing writes, switch it"
        f" off: aws dynamodb update-table --table-name {config.table}"
        " --stream-specification StreamEnabled=false"
    )
    yield Aspect("table.stream", f"switch on the stream of {table}", VIEW, of="table", remedy=view)
    expiry = f"The {table} expires items by another attribute than {TTL_ATTRIBUTE}: switch that off first."
    yield Aspect("table.expiry", f"let {table} remove what has expired", TTL_ATTRIBUTE, remedy=expiry)
    if config.stage != "local":
        yield Aspect("table.recovery", f"switch on point-in-time recovery of {table}")
    if not config.is_disposable:
        yield Aspect("table.protection", f"protect {table} from deletion", of="table")


def _bucket(config: Config) -> Iterator[Aspect]:
    bucket = f"bucket {config.bucket}"
    taken = f"The {bucket} is somebody else's. Name another one with QUOLL_BUCKET in .chalice/config.json."
    yield Aspect("bucket", f"make {bucket}", remedy=taken)
    yield Aspect("bucket.access", f"keep the public out of {bucket}", PRIVATE)
    yield Aspect("bucket.encryption", f"encrypt {bucket}", ENCRYPTION, once=True)
    yield Aspect("bucket.cors", f"let browsers send files to {bucket}", cors_rules(), once=True)
    yield Aspect("bucket.lifecycle", f"let {bucket} drop what is unfinished", lifecycle_rules(config))
    if not config.is_disposable:
        yield Aspect("bucket.versioning", f"keep what is deleted from {bucket} for a while", "Enabled")


def _queue(config: Config) -> Iterator[Aspect]:
    queue = f"queue {queue_name(config)}"
    yield Aspect("queue", f"make {queue} for what jobs fail to do")
    yield Aspect("queue.attributes", f"set up {queue}", QUEUE_ATTRIBUTES, of="queue")


def _secrets(config: Config) -> Iterator[Aspect]:
    for name in SECRETS:
        path = secret_path(config, name)
        yield Aspect(f"secret.{name}", f"make up the secret {path}", name, once=True)


def as_tags(config: Config) -> list[dict[str, Any]]:
    """What tells on the bill what a resource is for."""
    return [{"Key": "quoll-stage", "Value": config.stage}]
