"""The official SDK's tour of the deployed API, beside the real PocketBase. Policies are enforced."""

from pathlib import Path

from tests.deploy.client import Api
from tests.sdk.__main__ import FOLDER, compare, tour
from tests.servers import pocketbase


def test_the_sdk_works_as_on_the_real_server(api: Api, tmp_path: Path) -> None:
    assert (FOLDER / "node_modules/pocketbase").is_dir(), "the SDK is not installed: run `make test-deploy`"
    with pocketbase(tmp_path) as real:
        faults = compare(tour(real), tour(api))
    assert not {name: fault for name, fault in faults.items() if fault}
