"""A superuser's view of the collections, without HTTP."""

from dataclasses import replace

import pytest

from chalicelib.collections import load
from chalicelib.config import get_config
from chalicelib.storage.engine import Engine


@pytest.fixture
def patient(defaults: Engine) -> Engine:
    """The default collections; nobody waits for anything."""
    defaults.pause = lambda seconds: None
    return defaults


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in memory is trusted for a minute."""
    monkeypatch.setattr(load, "get_config", lambda: replace(get_config(), config_ttl=60))
