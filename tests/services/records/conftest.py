"""The blog, for tests of the records service and of the Records API."""

from dataclasses import replace

import pytest

from chalicelib.collections import load
from chalicelib.config import get_config
from chalicelib.storage.engine import Engine
from tests.services.records.world import build


@pytest.fixture
def blog(defaults: Engine) -> Engine:
    """The blog's collections, without records. Nobody waits for anything."""
    build()
    defaults.pause = lambda seconds: None
    defaults.calls.reset()
    return defaults


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collections are in memory and trusted: what is counted is the request's own calls."""
    monkeypatch.setattr(load, "get_config", lambda: replace(get_config(), config_ttl=60))
