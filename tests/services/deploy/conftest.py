"""A stage of its own for each test, with nothing in it."""

from functools import cache
from itertools import count
from typing import Any

import boto3
import pytest

from chalicelib.config import Config
from chalicelib.deploy.apply import RESOURCES
from chalicelib.deploy.aws import Aws
from chalicelib.deploy.provisioning import perform, plan_resources
from chalicelib.storage.connection import open_connection
from chalicelib.storage.engine import Engine

numbers = count()
send = cache(lambda: open_connection(Config()))


@pytest.fixture(scope="session")
def clients(aws: None) -> dict[str, Any]:
    """Making them takes longer than all they do."""
    return {}


@pytest.fixture
def empty(clients: dict[str, Any]) -> Aws:
    """A stage that is not to be thrown away, before anything was done for it."""

    def open_client(service: str) -> Any:
        if service not in clients:
            clients[service] = boto3.client(service)  # type: ignore[call-overload]
        return clients[service]

    stage = f"prod{next(numbers)}"
    config = Config(stage=stage, table=f"quoll-{stage}", bucket=f"quoll-{stage}-files")
    aws = Aws(config, Engine(config.table, send(), pause=lambda seconds: None))
    aws.open_client = open_client
    return aws


def provisioned(aws: Aws) -> list[str]:
    """Provision, and what was done."""
    plan = plan_resources(aws)
    perform(plan, aws, lambda text: None, RESOURCES)
    return [step.key for step in plan.steps]
