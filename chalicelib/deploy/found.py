"""What is there of a stage's resources, by the keys of resources.py. Changes nothing."""

from collections.abc import Mapping
from typing import Any

from chalicelib.deploy.aws import Aws, find
from chalicelib.deploy.resources import QUEUE_ATTRIBUTES, queue_name
from chalicelib.storage.bucket import find_bucket, find_settings
from chalicelib.storage.secrets import SECRETS, secret_path
from chalicelib.storage.table import INDEXES, find_expiry, find_recovery, find_table, index_name, key_schemas

NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def find_resources(aws: Aws) -> dict[str, Any]:
    """The state of each aspect; what is missing is not in it."""
    looks = (_table, _bucket, _queue, _secrets)
    return {key: state for look in looks for key, state in look(aws).items() if state is not None}


def find_queue(aws: Aws) -> str | None:
    """The address of the queue for what failed."""
    client = aws.open_client("sqs")
    found = find(lambda: client.get_queue_url(QueueName=queue_name(aws.config)), *NO_QUEUE)
    return str(found["QueueUrl"]) if found else None


def _table(aws: Aws) -> Mapping[str, Any]:
    table = find_table(aws.engine)
    if table is None:
        return {}
    indexes = {each["IndexName"] for each in table.get("GlobalSecondaryIndexes", [])}
    stream = table.get("StreamSpecification", {})
    return {
        "table": True,
        "table.keys": {**key_schemas(), **key_schemas(table)},  # those of indexes that are there
        **{f"table.index.{each}": each for each in range(1, INDEXES + 1) if index_name(each) in indexes},
        "table.stream": stream.get("StreamViewType") if stream.get("StreamEnabled") else None,
        "table.expiry": find_expiry(aws.engine),
        "table.recovery": find_recovery(aws.engine),
        "table.protection": table.get("DeletionProtectionEnabled") or None,
    }


def _bucket(aws: Aws) -> Mapping[str, Any]:
    client, name = aws.open_client("s3"), aws.config.bucket
    is_ours = find_bucket(client, name)
    return {"bucket": is_ours, **(find_settings(client, name) if is_ours else {})}


def _queue(aws: Aws) -> Mapping[str, Any]:
    address = find_queue(aws)
    if address is None:
        return {}
    asked = {"QueueUrl": address, "AttributeNames": list(QUEUE_ATTRIBUTES)}
    attributes = aws.open_client("sqs").get_queue_attributes(**asked).get("Attributes", {})
    return {"queue": True, "queue.attributes": attributes}


def _secrets(aws: Aws) -> Mapping[str, Any]:
    client = aws.open_client("ssm")
    paths = {secret_path(aws.config, name): name for name in SECRETS}
    # As they are encrypted: the secrets themselves are nobody's business here.
    found = client.get_parameters(Names=list(paths), WithDecryption=False)["Parameters"]
    return {f"secret.{paths[each['Name']]}": True for each in found}
