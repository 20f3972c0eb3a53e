"""The one bucket: where files are going to live."""

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from chalicelib.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType

# us-east-1 is S3's default and refuses to be named.
_UNNAMED_REGION = "us-east-1"


def create_bucket(config: Config) -> bool:
    """Make the bucket unless it is ours already; whether it was made now."""
    client = boto3.client("s3", region_name=config.region, endpoint_url=config.endpoint_url or None)
    if _exists(client, config.bucket):
        return False
    if config.region == _UNNAMED_REGION:
        client.create_bucket(Bucket=config.bucket)
    else:
        place: BucketLocationConstraintType = config.region  # type: ignore[assignment]
        client.create_bucket(Bucket=config.bucket, CreateBucketConfiguration={"LocationConstraint": place})
    return True


def _exists(client: "S3Client", name: str) -> bool:
    try:
        client.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return False
        raise
    return True
