"""Collections with files, an empty bucket, and a clock that can be moved on."""

from collections.abc import Callable
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib import clock
from chalicelib.config import get_config
from chalicelib.files import uploads
from chalicelib.files.store import Store
from chalicelib.storage.engine import Engine
from tests.services.files.world import build_files


@pytest.fixture
def archive(defaults: Engine, bucket: Store) -> Store:
    """The collections, without records and files. Nobody waits for anything."""
    uploads.upload_secret.cache_clear()
    build_files()
    defaults.pause = lambda seconds: None
    defaults.calls.reset()
    return bucket


@pytest.fixture
def wait_minutes(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Time passes, as far as the milliseconds say."""

    def wait(minutes: int) -> None:
        now = clock.unix_milliseconds()
        monkeypatch.setattr(clock, "unix_milliseconds", lambda: now + minutes * 60_000)

    return wait


@pytest.fixture
def keep_world(archive: Store) -> Callable[[], Callable[[], None]]:
    """Remembers table and bucket as they are now; answers what puts them back."""

    def keep() -> Callable[[], None]:
        table = {partition: dict(sorts) for partition, sorts in items_in_process().items()}
        files = {key: archive.read(key) for key in archive.list_keys("")}

        def put_back() -> None:
            items = items_in_process()
            items.clear()
            items.update({partition: dict(sorts) for partition, sorts in table.items()})
            archive.remove([key for key in archive.list_keys("") if key not in files])
            for key in files.keys() - set(archive.list_keys("")):
                archive.put(key, files[key], "text/plain")

        return put_back

    return keep


def items_in_process() -> Any:
    """The table's items. After a transaction that failed they are another dict."""
    config = get_config()
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][config.region].tables[config.table].items
