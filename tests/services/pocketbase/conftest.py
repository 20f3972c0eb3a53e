"""A directory made by the real PocketBase, once; and a stage that it can be imported into."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.config import get_config
from chalicelib.files.store import Store
from chalicelib.pocketbase.data_folder import open_data
from chalicelib.pocketbase.import_data import Import, import_data
from chalicelib.storage.engine import Engine
from chalicelib.storage.secrets import secret_path
from tests.services.pocketbase.directory import Directory, make_directory

# Brings a directory over; what is told at the end.
Bring = Callable[..., list[str]]
# Changes a copy of the directory; answers where it is.
Copy = Callable[..., Path]


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    return make_directory(tmp_path_factory.mktemp("pocketbase"))


@pytest.fixture
def stage(defaults: Engine, bucket: Store) -> Engine:
    """An empty stage that keeps secrets. Nobody waits for anything."""
    path = secret_path(get_config(), "settings-key")
    boto3.client("ssm").put_parameter(Name=path, Value="k" * 50, Type="SecureString", Overwrite=True)
    defaults.pause = lambda seconds: None
    return defaults


@pytest.fixture
def bring(stage: Engine, directory: Directory) -> Bring:
    def bring(
        folder: Path = directory.data,
        replacing: bool = False,
        tell: Callable[[str], None] = lambda text: None,
    ) -> list[str]:
        with open_data(folder) as data:
            return import_data(Import(data, replacing, tell))

    return bring


@pytest.fixture
def copy(directory: Directory, tmp_path: Path) -> Copy:
    def copy(*statements: str, values: Mapping[str, Any] | None = None) -> Path:
        folder = tmp_path / "copy"
        shutil.copytree(directory.data, folder, dirs_exist_ok=True)
        with closing(sqlite3.connect(folder / "data.db")) as database:
            for statement in statements:
                database.execute(statement, values or {})
            database.commit()
        return folder

    return copy
