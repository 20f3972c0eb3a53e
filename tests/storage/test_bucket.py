"""Making the bucket, and what is set on it."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.config import Config
from chalicelib.storage.bucket import create_bucket, find_bucket, find_settings, keep_rules, open_s3

numbers = count()


@pytest.fixture
def config(aws: None) -> Config:
    return Config(bucket=f"quoll-test-bucket-{next(numbers)}")


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_made_where_it_belongs(config: Config, region: str) -> None:
    config = replace(config, region=region)
    client = open_s3(config)
    assert find_bucket(client, config.bucket) is None
    create_bucket(client, config)
    assert find_bucket(client, config.bucket) is True
    place = client.get_bucket_location(Bucket=config.bucket)["LocationConstraint"]
    assert (place or "us-east-1") == region


class SomebodyElses:
    """S3, answering as it does about another account's bucket."""

    def __init__(self, status: int) -> None:
        self.status = status

    def head_bucket(self, Bucket: str) -> None:
        raise ClientError(
            {"Error": {"Code": str(self.status)}, "ResponseMetadata": {"HTTPStatusCode": self.status}},  # type: ignore[typeddict-item]
            "HeadBucket",
        )


def test_somebody_elses_is_not_taken_for_ours() -> None:
    client: Any = SomebodyElses(403)
    assert find_bucket(client, "theirs") is False
    client = SomebodyElses(301)
    assert find_bucket(client, "in-another-region") is False
    client = SomebodyElses(500)
    with pytest.raises(ClientError):
        find_bucket(client, "theirs")


def test_what_is_not_set_is_none(config: Config) -> None:
    client = open_s3(config)
    create_bucket(client, config)
    found = find_settings(client, config.bucket)
    assert (found["bucket.access"], found["bucket.cors"], found["bucket.lifecycle"]) == (None, None, None)
    assert found["bucket.versioning"] is None


def test_rules_are_replaced_by_name(config: Config) -> None:
    client = open_s3(config)
    create_bucket(client, config)
    rule = {"Filter": {"Prefix": ""}, "Status": "Enabled", "Expiration": {"Days": 1}}
    keep_rules(client, config.bucket, {"one": rule, "two": rule})
    keep_rules(client, config.bucket, {"two": {**rule, "Expiration": {"Days": 2}}})
    found = find_settings(client, config.bucket)["bucket.lifecycle"]
    assert {name: each["Expiration"]["Days"] for name, each in found.items()} == {"one": 1, "two": 2}
