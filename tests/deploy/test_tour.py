"""The official SDK's tours of the deployed API, beside the real PocketBase. Policies are enforced."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from tests.deploy.client import Api
from tests.sdk.__main__ import FOLDER, Toured, compare, find_tours, in_parallel
from tests.sdk.inbox import running_inbox
from tests.servers import Server, pocketbase

# The others change settings, which functions that run already hear of some seconds later; see tests/sdk.
TOURS = ("app",)


@pytest.fixture(scope="module")
def servers(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Toured]]:
    assert (FOLDER / "node_modules/pocketbase").is_dir(), "the SDK is not installed: run `make test-deploy`"
    with pocketbase(tmp_path_factory.mktemp("real")) as real, running_inbox() as inbox:
        yield [Toured(each, inbox) for each in (real, cast(Server, api))]


@pytest.mark.parametrize("path", find_tours(TOURS), ids=lambda path: path.stem)
def test_the_sdk_works_as_on_the_real_server(servers: list[Toured], path: Path) -> None:
    faults = compare(*in_parallel(path, servers))
    assert not {name: fault for name, fault in faults.items() if fault}
