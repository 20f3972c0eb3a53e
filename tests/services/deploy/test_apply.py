"""What is missing is made, what has drifted is put right, what somebody has decided stays."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.deploy.apply import RESOURCES, CannotProvision, wait_until_active
from chalicelib.deploy.aws import Aws
from chalicelib.deploy.provisioning import perform, plan_resources
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import StorageFailure, Unavailable
from tests.services.deploy.conftest import provisioned
from tests.storage.faults import Fault, Faulty


def test_all_of_it_and_then_nothing(empty: Aws) -> None:
    assert provisioned(empty)[0] == "table"
    assert provisioned(empty) == []
    table = empty.engine.send("DescribeTable", {"TableName": empty.config.table})["Table"]
    assert table["DeletionProtectionEnabled"] is True
    assert len(table["GlobalSecondaryIndexes"]) == 16


def test_showing_changes_nothing(empty: Aws) -> None:
    faulty = Faulty(empty.engine.send)
    empty.engine.send = faulty
    before = plan_resources(empty)
    assert {operation for operation, _ in faulty.asked} == {"DescribeTable"}
    assert plan_resources(empty) == before


def s3() -> Any:
    return boto3.client("s3")


def update(aws: Aws, **settings: Any) -> None:
    aws.engine.send("UpdateTable", {"TableName": aws.config.table, **settings})


def switch_off_recovery(aws: Aws) -> None:
    setting = {"PointInTimeRecoveryEnabled": False}
    aws.engine.send(
        "UpdateContinuousBackups",
        {"TableName": aws.config.table, "PointInTimeRecoverySpecification": setting},
    )


def switch_off_queue(aws: Aws) -> None:
    client = aws.open_client("sqs")
    address = client.get_queue_url(QueueName=f"quoll-{aws.config.stage}-failed")["QueueUrl"]
    client.set_queue_attributes(QueueUrl=address, Attributes={"MessageRetentionPeriod": "60"})


DRIFTS: Mapping[str, Callable[[Aws], Any]] = {
    "table.recovery": switch_off_recovery,
    "table.protection": lambda aws: update(aws, DeletionProtectionEnabled=False),
    "table.index.7": lambda aws: update(aws, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "gsi7"}}]),
    "bucket.access": lambda aws: s3().delete_public_access_block(Bucket=aws.config.bucket),
    "bucket.cors": lambda aws: s3().delete_bucket_cors(Bucket=aws.config.bucket),
    "bucket.lifecycle": lambda aws: s3().delete_bucket_lifecycle(Bucket=aws.config.bucket),
    "bucket.versioning": lambda aws: s3().put_bucket_versioning(
        Bucket=aws.config.bucket, VersioningConfiguration={"Status": "Suspended"}
    ),
    "queue.attributes": switch_off_queue,
}


@pytest.mark.parametrize("key", DRIFTS)
def test_what_has_drifted_is_put_right(empty: Aws, key: str) -> None:
    provisioned(empty)
    DRIFTS[key](empty)
    assert provisioned(empty) == [key]
    assert provisioned(empty) == []


def test_what_somebody_has_decided_stays(empty: Aws) -> None:
    provisioned(empty)
    bucket = empty.config.bucket
    ours = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"]}
    s3().put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [ours]})
    other = {"ID": "archive", "Filter": {"Prefix": "old/"}, "Status": "Enabled", "Expiration": {"Days": 9}}
    s3().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [other]})
    assert provisioned(empty) == ["bucket.lifecycle"]
    assert s3().get_bucket_cors(Bucket=bucket)["CORSRules"] == [ours]
    rules = {each["ID"] for each in s3().get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    assert rules == {"archive", "quoll-unfinished", "quoll-uploads", "quoll-deleted"}


def test_a_secret_is_made_once(empty: Aws) -> None:
    def secret() -> str:
        path = f"/quoll/{empty.config.stage}/settings-key"
        found = boto3.client("ssm").get_parameter(Name=path, WithDecryption=True)["Parameter"]
        assert found["Type"] == "SecureString"
        return str(found["Value"])

    provisioned(empty)
    first = secret()
    RESOURCES["secret"](empty, "settings-key")  # somebody else had the same plan
    assert secret() == first


def make_table(aws: Aws, **other: Any) -> None:
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    attributes = [{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk")]
    table = {"TableName": aws.config.table, "KeySchema": keys, "AttributeDefinitions": attributes}
    aws.engine.send("CreateTable", {**table, "BillingMode": "PAY_PER_REQUEST", **other})


def make_other_keys(aws: Aws) -> None:
    make_table(
        aws,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )


def make_other_stream(aws: Aws) -> None:
    make_table(aws, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})


def make_other_expiry(aws: Aws) -> None:
    make_table(aws)
    setting = {"Enabled": True, "AttributeName": "gone"}
    aws.engine.send("UpdateTimeToLive", {"TableName": aws.config.table, "TimeToLiveSpecification": setting})


REFUSED: list[tuple[Callable[[Aws], None], str]] = [
    (make_other_keys, "was not made by Quoll. Name another one with QUOLL_TABLE"),
    (make_other_stream, "--stream-specification StreamEnabled=false"),
    (make_other_expiry, "expires items by another attribute than ttl"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED)
def test_what_cannot_be_changed_is_refused_before_anything_is_done(
    empty: Aws, make: Callable[[Aws], None], says: str
) -> None:
    make(empty)
    before = plan_resources(empty)
    with pytest.raises(CannotProvision, match=says):
        provisioned(empty)
    assert plan_resources(empty) == before


def test_a_table_of_our_keys_gets_what_it_lacks(empty: Aws) -> None:
    make_table(empty)
    done = provisioned(empty)
    indexes = [f"table.index.{number}" for number in range(1, 17)]
    assert done[:18] == [*indexes, "table.stream", "table.expiry"]
    assert provisioned(empty) == []


def refusing(aws: Aws, at: int) -> Callable[[str], None]:
    """Lets the step of a number fail, after or before it was done."""

    def fail(text: str) -> None:
        if text.startswith(f"[{at}/"):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "AnyOperation")

    return fail


@pytest.mark.parametrize("at", range(1, 12))
def test_a_run_that_was_cut_short_is_gone_on_with(empty: Aws, at: int) -> None:
    plan = plan_resources(empty)
    with pytest.raises(ClientError):
        perform(plan, empty, refusing(empty, at), RESOURCES)
    assert provisioned(empty) == [step.key for step in plan.steps[at - 1 :]]
    assert provisioned(empty) == []


def test_a_step_that_aws_refuses_is_told(empty: Aws) -> None:
    fault = Fault("UpdateContinuousBackups", Unavailable("AccessDeniedException: not you"))
    empty.engine.send = Faulty(empty.engine.send, [fault])
    with pytest.raises(CannotProvision) as raised:
        provisioned(empty)
    assert "Could not switch on point-in-time recovery" in str(raised.value)
    assert "not you" in str(raised.value)
    assert "run this command again" in str(raised.value)
    assert provisioned(empty)[0] == "table.recovery"


def test_a_new_table_is_waited_for(empty: Aws) -> None:
    states = iter([("CREATING", "CREATING"), ("ACTIVE", "CREATING"), ("ACTIVE", "ACTIVE")])
    pauses: list[float] = []

    def send(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        table, index = next(states)
        return {"Table": {"TableStatus": table, "GlobalSecondaryIndexes": [{"IndexStatus": index}]}}

    wait_until_active(Aws(empty.config, Engine("t", send, pauses.append)))
    assert len(pauses) == 2


def test_a_table_that_is_never_ready_is_given_up(empty: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.deploy.apply.ACTIVE_SECONDS", -1)
    engine = Engine("t", lambda operation, arguments: {"Table": {"TableStatus": "CREATING"}})
    with pytest.raises(StorageFailure, match="still not active"):
        wait_until_active(Aws(empty.config, engine))
