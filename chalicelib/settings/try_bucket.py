"""Trying whether the bucket that the settings name can be written."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from chalicelib import ids
from chalicelib.errors import UNREADABLE, BadRequest, ValidationFailed
from chalicelib.files.elsewhere import Elsewhere, Refused
from chalicelib.schema.problems import REQUIRED, problems_to_json
from chalicelib.schema.shapes import WrongShape, read_text
from chalicelib.settings.checks import check_choice
from chalicelib.settings.model import S3, Settings
from chalicelib.settings.seal import SecretLost, open_secret
from chalicelib.storage.secrets import SecretMissing

FAILED = "Failed to test the S3 filesystem."
NOT_ENABLED = "S3 storage filesystem is not enabled."
# Where the settings have the buckets that a request may name.
PLACES: Mapping[str, str] = {"storage": "s3", "backups": "backups.s3"}


def try_bucket(given: Any, settings: Settings) -> None:
    """Put a file into the bucket for `storage` or `backups`, and remove it. Raises BadRequest."""
    place = PLACES[_read_filesystem(given)]
    s3: S3 = attrgetter(place)(settings)
    if not s3.enabled:
        raise _failure(NOT_ENABLED)
    key = f"pb_settings_test_{ids.random_text(5)}/test.txt"
    try:
        bucket = _open_bucket(s3, f"{place}.secret")
        bucket.put(key, b"test")
    except (Refused, SecretLost, SecretMissing) as refused:
        raise _failure(f"failed to upload a test file: {refused}") from refused
    try:
        bucket.remove(key)
    except Refused as refused:
        raise _failure(f"failed to delete the test file {key}: {refused}") from refused


def _read_filesystem(given: Any) -> str:
    try:
        filesystem = read_text(given)
    except WrongShape as error:
        raise BadRequest(UNREADABLE) from error
    problem = check_choice(filesystem, tuple(PLACES)) if filesystem else REQUIRED
    if problem:
        raise ValidationFailed(FAILED, problems_to_json({"filesystem": problem}))
    return filesystem


def _open_bucket(s3: S3, secret: str) -> Elsewhere:
    return Elsewhere(
        s3.endpoint, s3.region, s3.bucket, s3.access_key, open_secret(s3.secret, secret), s3.force_path_style
    )


def _failure(reason: str) -> BadRequest:
    return BadRequest(f"{FAILED} Raw error: \n{reason}")
