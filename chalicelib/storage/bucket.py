"""The one bucket, where files live: making it, and what is set on it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType

# us-east-1 is S3's default and refuses to be named.
_UNNAMED_REGION = "us-east-1"
UNFINISHED_DAYS = 1
DELETED_DAYS = 35  # as long as the table can be put back
# S3 wants each rule to say what it is about, and has several ways of saying: everything.
_WHOLE = {"Filter": {"Prefix": ""}}
# What S3 answers where nothing is set.
_UNSET = {
    "NoSuchPublicAccessBlockConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
}


def open_s3(config: Config) -> "S3Client":
    """S3 itself."""
    return boto3.client("s3", region_name=config.region, endpoint_url=config.endpoint_url or None)


def create_bucket(client: "S3Client", config: Config) -> None:
    """Make the bucket, which is not there."""
    if config.region == _UNNAMED_REGION:
        client.create_bucket(Bucket=config.bucket)
    else:
        place: BucketLocationConstraintType = config.region  # type: ignore[assignment]
        client.create_bucket(Bucket=config.bucket, CreateBucketConfiguration={"LocationConstraint": place})


def find_bucket(client: "S3Client", name: str) -> bool | None:
    """Whether the bucket is ours; None when there is none of that name."""
    try:
        client.head_bucket(Bucket=name)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status not in (301, 403, 404):  # 301: it is in another region
            raise
        return None if status == 404 else False
    return True


def find_settings(client: "S3Client", name: str) -> dict[str, Any]:
    """What is set on the bucket, by what it is called in deploy/resources.py."""
    return {f"bucket.{key}": _find(partial(read, client, name)) for key, read in _SETTINGS.items()}


def keep_rules(client: "S3Client", name: str, rules: Mapping[str, Any]) -> None:
    """Set these rules of what is dropped when; rules of other names stay."""
    there = _find(lambda: _SETTINGS["lifecycle"](client, name)) or {}
    ours = {each: {**_WHOLE, **rule} for each, rule in rules.items()}
    all_rules: list[Any] = [{"ID": each, **rule} for each, rule in {**there, **ours}.items()]
    client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": all_rules})


def cors_rules() -> list[dict[str, Any]]:
    """Any page may send and read files: what it may is in the signature of the address."""
    return [
        {
            "AllowedMethods": ["GET", "HEAD", "PUT", "POST"],
            "AllowedOrigins": ["*"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["ETag"],
            "MaxAgeSeconds": 86400,
        }
    ]


def lifecycle_rules(config: Config) -> dict[str, dict[str, Any]]:
    """What S3 removes by itself, by name."""
    unfinished = {
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
    }
    uploads = {
        "Status": "Enabled",
        "Filter": {"Prefix": "uploads/"},
        "Expiration": {"Days": UNFINISHED_DAYS},
        "NoncurrentVersionExpiration": {"NoncurrentDays": UNFINISHED_DAYS},
    }
    if config.is_disposable:
        return {"quoll-unfinished": unfinished, "quoll-uploads": uploads}
    deleted = {
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": DELETED_DAYS},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    return {"quoll-unfinished": unfinished, "quoll-uploads": uploads, "quoll-deleted": deleted}


def _find(read: Callable[[], Any]) -> Any:
    """What is set; None where nothing is."""
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] in _UNSET:
            return None
        raise


def _encryption(client: "S3Client", name: str) -> Any:
    rules = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    return rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]


def _lifecycle(client: "S3Client", name: str) -> Any:
    rules = client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    return {rule["ID"]: {key: value for key, value in rule.items() if key != "ID"} for rule in rules}


_SETTINGS: Mapping[str, Callable[["S3Client", str], Any]] = {
    "access": lambda client, name: client.get_public_access_block(Bucket=name)[
        "PublicAccessBlockConfiguration"
    ],
    "encryption": _encryption,
    "cors": lambda client, name: client.get_bucket_cors(Bucket=name)["CORSRules"],
    "lifecycle": _lifecycle,
    "versioning": lambda client, name: client.get_bucket_versioning(Bucket=name).get("Status"),
}
