"""The bucket: putting, finding, reading and removing what is in it. All that S3 is asked passes through here.

Between the store and S3 stands `send`: anything that takes an operation and its arguments can replace it,
which is how tests make faults.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias

from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from chalicelib.config import get_config
from chalicelib.errors import Overloaded
from chalicelib.frozen import dataclass
from chalicelib.schema.fields.file import Source
from chalicelib.storage.calls import current_calls

Send: TypeAlias = Callable[[str, Mapping[str, Any]], dict[str, Any]]
# An address, and the form fields to send there before the file.
Invitation: TypeAlias = Mapping[str, Any]

REMOVED_AT_ONCE = 1000
LINK_SECONDS = 300
# S3 takes no more in one piece.
LARGEST_FORM = 5 * 1024**3
# S3 keeps 2 KB beside a file.
LONGEST_ORIGINAL = 1000
_NOT_FOR_HEADERS = re.compile(r"[^ -~]")
CONNECT_SECONDS, READ_SECONDS = 2, 20
_MISSING = frozenset({"404", "NoSuchKey", "NotFound", "412", "PreconditionFailed"})


class Missing(Exception):
    """There is nothing under a key, or not what was expected there."""


@dataclass(frozen=True)
class Held:
    """What is known of a file without reading it; `modified` has whole seconds."""

    key: str
    media_type: str
    size: int
    modified: datetime
    etag: str


@dataclass
class Store:
    """One bucket, reached through `send`; `sign` and `sign_post` make links for operations on it."""

    bucket: str
    send: Send
    sign: Callable[[str, Mapping[str, Any], int], str]
    sign_post: Callable[[Mapping[str, Any], int], Invitation]

    def put(self, key: str, content: bytes, media_type: str, original: str = "") -> str:
        """Keep a file, whatever was there; answers its ETag."""
        told = {"ContentType": media_type, "Metadata": metadata_of(original)}
        return str(self.ask("PutObject", Key=key, Body=content, **told).get("ETag", ""))

    def copy(self, source: Source, key: str, media_type: str, original: str = "") -> None:
        """Keep what is under one key under another as well. Raises Missing, also when it has changed."""
        self.ask(
            "CopyObject",
            Key=key,
            CopySource={"Bucket": self.bucket, "Key": source.key},
            CopySourceIfMatch=source.etag,
            ContentType=media_type,
            Metadata=metadata_of(original),
            MetadataDirective="REPLACE",
        )

    def find(self, key: str) -> Held | None:
        """What is known of a file."""
        try:
            return _held(key, self.ask("HeadObject", Key=key))
        except Missing:
            return None

    def read(self, key: str, first: int = 0, last: int | None = None) -> bytes:
        """A file's bytes, from the first to the last that are wanted. Raises Missing."""
        wanted = (
            {} if not first and last is None else {"Range": f"bytes={first}-{'' if last is None else last}"}
        )
        return bytes(self.ask("GetObject", Key=key, **wanted)["Body"].read())

    def read_of(self, source: Source, most: int) -> bytes:
        """The beginning of a file, and one byte more if it goes on. Raises Missing when it changed."""
        asked = {"Range": f"bytes=0-{most}", "IfMatch": source.etag}
        return bytes(self.ask("GetObject", Key=source.key, **asked)["Body"].read())

    def remove(self, keys: Sequence[str]) -> None:
        """Remove files; those that are gone already do no harm."""
        for start in range(0, len(keys), REMOVED_AT_ONCE):
            named = [{"Key": key} for key in keys[start : start + REMOVED_AT_ONCE]]
            answer = self.ask("DeleteObjects", Delete={"Objects": named, "Quiet": True})
            if answer.get("Errors"):
                raise Overloaded()

    def list_keys(self, prefix: str) -> Iterator[str]:
        """All keys that begin so."""
        return (each["Key"] for page in self.list_pages(prefix) for each in page)

    def list_pages(self, prefix: str) -> Iterator[Sequence[Mapping[str, Any]]]:
        """What there is under keys that begin so, as S3 tells it, a thousand a call."""
        asked: dict[str, Any] = {"Prefix": prefix}
        while True:
            answer = self.ask("ListObjectsV2", **asked)
            yield answer.get("Contents", ())
            if not answer.get("IsTruncated"):
                return
            asked["ContinuationToken"] = answer["NextContinuationToken"]

    def link(self, key: str, **told: str) -> str:
        """An address that anybody can read a file from, for five minutes; `told` as S3 names it."""
        return self.sign("get_object", {"Bucket": self.bucket, "Key": key, **told}, LINK_SECONDS)

    def invite(self, key: str, fields: Mapping[str, str], most: int, seconds: int) -> Invitation:
        """What one file can be put with, of so many bytes at most; `fields` must be sent along."""
        sizes: list[Any] = ["content-length-range", 0, most]
        told = [{name: value} for name, value in fields.items()]
        return self.sign_post(
            {"Bucket": self.bucket, "Key": key, "Fields": dict(fields), "Conditions": [*told, sizes]}, seconds
        )

    def ask(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Have S3 carry something out in the bucket. Raises Missing, Overloaded."""
        current_calls().note_s3(operation)
        return self.send(operation, {"Bucket": self.bucket, **arguments})


@cache
def get_store() -> Store:
    """The bucket of this stage."""
    config = get_config()
    # Not boto3, whose import takes every function that writes records 30 ms.
    client: Any = get_session().create_client(
        "s3",
        region_name=config.region,
        endpoint_url=config.endpoint_url or None,
        config=ClientConfig(
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            s3={"addressing_style": "path" if config.endpoint_url else "virtual"},
        ),
    )
    methods = {each: client.meta.method_to_api_mapping[each] for each in client.meta.method_to_api_mapping}
    calls = {operation: getattr(client, method) for method, operation in methods.items()}

    def send(operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return dict(calls[operation](**arguments))
        except ClientError as error:
            if error.response["Error"].get("Code") in _MISSING:
                raise Missing(operation) from error
            raise Overloaded() from error
        except BotoCoreError as error:
            raise Overloaded() from error

    def sign(method: str, arguments: Mapping[str, Any], seconds: int) -> str:
        return str(client.generate_presigned_url(method, Params=dict(arguments), ExpiresIn=seconds))

    def sign_post(arguments: Mapping[str, Any], seconds: int) -> Invitation:
        return dict(client.generate_presigned_post(**arguments, ExpiresIn=seconds))

    return Store(config.bucket, send, sign, sign_post)


def metadata_of(original: str) -> dict[str, str]:
    """What is kept with a file: what its uploader calls it, as far as a header can say it."""
    text = original.encode("ascii", "xmlcharrefreplace").decode()
    said = _NOT_FOR_HEADERS.sub("?", text)[:LONGEST_ORIGINAL].strip()
    return {"original-filename": said} if said else {}


def _held(key: str, answer: Mapping[str, Any]) -> Held:
    modified = answer["LastModified"].astimezone(UTC)
    return Held(key, answer.get("ContentType", ""), answer["ContentLength"], modified, answer.get("ETag", ""))
