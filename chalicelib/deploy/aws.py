"""The AWS that provisioning looks at and changes: its clients, made when they are first needed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import boto3
from botocore.exceptions import ClientError

from chalicelib.config import Config
from chalicelib.storage.engine import Engine

Answer = TypeVar("Answer")


@dataclass
class Aws:
    """A stage's table, and all other services by their name."""

    config: Config
    engine: Engine
    open_client: Callable[[str], Any] = field(init=False)

    def __post_init__(self) -> None:
        config = self.config

        @cache
        def open_client(service: str) -> Any:
            return boto3.client(
                service,  # type: ignore[call-overload]
                region_name=config.region,
                endpoint_url=config.endpoint_url or None,
            )

        self.open_client = open_client


def find(ask: Callable[[], Answer], *missing: str) -> Answer | None:
    """The answer; None when AWS says, by one of these codes, that there is no such thing."""
    try:
        return ask()
    except ClientError as error:
        if error.response["Error"]["Code"] in missing:
            return None
        raise
