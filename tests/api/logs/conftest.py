"""Requests that were kept: three that were answered, one refused."""

import json
from typing import Any

import pytest

from dev.gateway import Gateway
from tests.conftest import Superuser

Logged = list[dict[str, Any]]


@pytest.fixture
def tokens(superuser: Superuser) -> dict[str, str]:
    return {"root": superuser.token}


@pytest.fixture
def logged(gateway: Gateway, superuser: Superuser, kept: None) -> Logged:
    """The lines as they are listed."""
    headers = {"Authorization": superuser.token}
    gateway.handle("GET", "/api/health", {})
    gateway.handle("GET", "/api/collections?perPage=1", headers)
    gateway.handle("GET", "/api/collections", {})
    gateway.handle("HEAD", "/api/collections/users", headers)
    _, _, body = gateway.handle("GET", "/api/logs", headers)
    items: Logged = json.loads(body)["items"]
    return items
