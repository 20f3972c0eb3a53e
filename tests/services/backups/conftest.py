"""A stage whose stream is followed while somebody waits, as Lambda would follow it."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.backups import moment
from chalicelib.backups.names import key_of
from chalicelib.config import get_config
from chalicelib.files.store import Store, get_store
from chalicelib.jobs.record_stream import follow_changes
from chalicelib.pocketbase.data_folder import open_data
from chalicelib.storage import images, keys
from chalicelib.storage.engine import Engine
from tests.services.pocketbase.conftest import directory, stage  # noqa: F401

Follow = Callable[[], None]
ZIP = "application/zip"
# Enough of everything for a stage of a few records.
FEWER = (
    (images, "MARKS", 3),
    (keys, "IMAGE_SHARDS", 3),
    (moment, "AHEAD", 1),
    (moment, "SETTLING", 0.1),
)


@pytest.fixture
def stream(stage: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Follow]:  # noqa: F811
    """Follows what has come so far; whoever waits lets it be followed, and the second pass."""
    for module, name, value in FEWER:
        monkeypatch.setattr(module, name, value)
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][get_config().region].tables[get_config().table]
    done = len(table.stream_shard.items)

    def follow() -> None:
        nonlocal done
        records = table.stream_shard.items[done:]
        done += len(records)
        for start in range(0, len(records), 100):
            told = [told_by(each.record) for each in records[start : start + 100]]
            assert follow_changes(told) == {"batchItemFailures": []}

    def pause(seconds: float) -> None:
        time.sleep(seconds if seconds > moment.PAUSE else 0)
        follow()

    stage.pause = pause
    yield follow


def told_by(record: dict[str, Any]) -> dict[str, Any]:
    """A record of moto's stream as a Lambda event has it."""
    told = dict(record["dynamodb"])
    return {
        **record,
        "dynamodb": {**told, "ApproximateCreationDateTime": told["ApproximateCreationDateTime"].timestamp()},
    }


def unpack(name: str, folder: Path) -> Path:
    """A backup that was made, as a data directory."""
    with zipfile.ZipFile(io.BytesIO(get_store().read(key_of(name)))) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def ids_in(folder: Path, table: str) -> list[str]:
    with open_data(folder) as data:
        return [row["id"] for rows in data.records(table, 100) for row in rows]


def pack(folder: Path) -> bytes:
    """A data directory as the zip that PocketBase makes of it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(folder).as_posix()
            if file.is_file() and not name.startswith("backups"):
                archive.write(file, name)
    return made.getvalue()


def put(store: Store, name: str, content: bytes) -> None:
    store.put(key_of(name), content, ZIP)
