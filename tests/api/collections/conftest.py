"""Who asks, in tests of the Collections API."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.auth.tokens import new_auth_token
from chalicelib.collections.load import get_collection
from dev.gateway import Gateway
from tests.conftest import Superuser
from tests.services.collections.stored import store

# Sends a request as a superuser: method, path, body -> status, JSON.
Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def tokens(gateway: Gateway, superuser: Superuser) -> Mapping[str, str]:
    """Of a superuser ("root") and of a user ("ann")."""
    record = store("users", "ann000000000001", email="ann@example.com", tokenKey="t" * 50)
    return {"root": superuser.token, "ann": new_auth_token(record)}


@pytest.fixture
def call(gateway: Gateway, superuser: Superuser) -> Call:
    """Asks as a superuser."""

    def send(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": superuser.token, "Content-Type": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        status, _, raw = gateway.handle(method, path, headers, data)
        return status, json.loads(raw) if raw else None

    return send


@pytest.fixture
def posts(call: Call) -> dict[str, Any]:
    """A collection with a field, a rule and an index."""
    status, shown = call(
        "POST",
        "/api/collections",
        {
            "name": "posts",
            "listRule": "title != ''",
            "fields": [{"name": "title", "type": "text"}],
            "indexes": ["CREATE INDEX by_title ON posts (title)"],
        },
    )
    assert status == 200, shown
    assert get_collection("posts").id == shown["id"]
    return dict(shown)
