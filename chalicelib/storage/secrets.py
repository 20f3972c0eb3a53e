"""Secrets of a stage: texts in SSM's parameter store, encrypted, under the stage's own path.

`python -m chalicelib provision` makes up those that Quoll needs; a team's own are put beside them. A process
asks for a secret once in five minutes. What imports this module pays for its libraries at every cold start
(measured: 17 ms, and 63 ms for the first secret), so nothing that all functions import should.
"""

import re
from collections.abc import Mapping
from functools import cache

import boto3
from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from chalicelib import ids
from chalicelib.config import Config, get_config

# What provisioning makes up, and what for.
SECRETS: Mapping[str, str] = {"settings-key": "for what a team seals; the settings will use it"}
LENGTH = 50
TRUSTED_SECONDS = 300
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class SecretMissing(Exception):
    """A secret that is not there, or cannot be read."""


def get_secret(name: str) -> str:
    """A secret of this stage. Raises SecretMissing."""
    path = secret_path(get_config(), name)
    try:
        return str(_provider().get(path, max_age=TRUSTED_SECONDS, decrypt=True))
    except GetParameterError as error:
        raise SecretMissing(
            f"The secret {path} cannot be read: `python -m chalicelib provision` makes it, unless it is your"
            " own; and the function's role must be allowed to read it"
        ) from error


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


@cache
def _provider() -> SSMProvider:
    config = get_config()
    client = boto3.client("ssm", region_name=config.region, endpoint_url=config.endpoint_url or None)
    return SSMProvider(boto3_client=client)
