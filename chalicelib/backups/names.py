"""Backups' names. Pure."""

import re
from datetime import datetime

from chalicelib.schema.fields.limits import wrong_length
from chalicelib.schema.problems import Problem

FOLDER = "backups/"
BY_HAND, BY_ITSELF = "pb_backup_", "@auto_pb_backup_"
NAME = re.compile(r"[a-z0-9_-]+\.zip")
MOST_LETTERS = 150
# What S3 and the systems that backups are copied to can take.
MOST_BYTES = 255
BAD_FORMAT = Problem("validation_match_invalid", "Must be in a valid format.")
TAKEN = Problem("validation_backup_name_exists", "The backup file name is invalid or already exists.")
_LONGEST_APP = 50


def key_of(name: str) -> str:
    """Where a backup is in the bucket.

    >>> key_of("a.zip")
    'backups/a.zip'
    """
    return FOLDER + name


def is_name(name: str) -> bool:
    """Whether a backup may have this name, which may have come from a disk.

    >>> is_name("Up Load (1).ZIP"), is_name(".."), is_name("a/b.zip")
    (True, False, False)
    """
    return (
        0 < len(name.encode(errors="replace")) <= MOST_BYTES and name not in (".", "..") and "/" not in name
    )


def check_name(name: str) -> Problem | None:
    """What is wrong with the name of a backup that is to be made."""
    if not 1 <= len(name) <= MOST_LETTERS:
        return wrong_length(1, MOST_LETTERS)
    return None if NAME.fullmatch(name) else BAD_FORMAT


def new_name(prefix: str, app: str, moment: datetime) -> str:
    """A name of the application and the second.

    >>> new_name(BY_HAND, "Acme Inc.", datetime(2026, 1, 2, 3, 4, 5))
    'pb_backup_acme_inc_20260102030405.zip'
    """
    words = re.sub(r"[^a-z0-9]+", "_", app.lower()).strip("_")[:_LONGEST_APP]
    return f"{prefix}{words}_{moment:%Y%m%d%H%M%S}.zip"
