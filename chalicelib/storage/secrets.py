"""Secrets of a stage: texts in SSM's parameter store, encrypted, under the stage's own path.

`python -m chalicelib provision` makes up those that Quoll needs; a team's own are put beside them. A process
asks for a secret once in five minutes. The client is made for the first one (some 60 ms), so this module
costs nothing to those who never ask.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from chalicelib import clock, ids
from chalicelib.config import Config, get_config

# What provisioning makes up, and what for.
SECRETS: Mapping[str, str] = {"settings-key": "seals the secrets among the settings"}
LENGTH = 50
TRUSTED_SECONDS = 300
CONNECT_SECONDS, READ_SECONDS = 2, 5
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class SecretMissing(Exception):
    """A secret that is not there, or cannot be read."""


@dataclass
class _Memory:
    """The secrets that this process has read, each with the moment from which it is to be read again."""

    read: dict[str, tuple[str, int]] = field(default_factory=dict)


_memory = _Memory()


def get_secret(name: str) -> str:
    """A secret of this stage. Raises SecretMissing."""
    path = secret_path(get_config(), name)
    now = clock.unix_milliseconds()
    value, until = _memory.read.get(path, ("", 0))
    if until <= now:
        value = _read(path)
        _memory.read[path] = (value, now + TRUSTED_SECONDS * 1000)
    return value


def secret_path(config: Config, name: str) -> str:
    """Where a secret is kept.

    >>> secret_path(Config(stage="dev"), "settings-key")
    '/quoll/dev/settings-key'
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a secret")
    return f"/quoll/{config.stage}/{name}"


def new_secret() -> str:
    """A text that nobody can guess."""
    return ids.random_text(LENGTH)


def _read(path: str) -> str:
    try:
        return str(_client().get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"])
    except (BotoCoreError, ClientError) as error:
        raise SecretMissing(
            f"The secret {path} cannot be read: `python -m chalicelib provision` makes it, unless it is your"
            " own; and the function's role must be allowed to read it"
        ) from error


@cache
def _client() -> Any:
    """Not boto3's, whose import takes 22 ms."""
    config = get_config()
    return get_session().create_client(
        "ssm",
        region_name=config.region,
        endpoint_url=config.endpoint_url or None,
        config=ClientConfig(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS),
    )
