"""The tests of many clients at once, with several copies of the functions at work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.concurrency import test_races as races
from tests.concurrency.test_races import *  # noqa: F403 - the same tests, with this file's client
from tests.deploy.client import Answer, Api
from tests.deploy.emulator import Emulator
from tests.deploy.routes import PREFIX

# A copy of a function is a process here, which takes a second to start: fewer at once than under `make run`.
COPIES = 3


@pytest.fixture(scope="module")
def client(superuser: Api) -> Api:
    races._make_collections(superuser)
    return superuser


@pytest.fixture(autouse=True)
def few_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(work: Callable[[int], Answer], times: int = races.MANY) -> list[Answer]:
        with ThreadPoolExecutor(min(times, COPIES)) as threads:
            return list(threads.map(work, range(times)))

    monkeypatch.setattr(races, "at_once", at_once)


@pytest.mark.parametrize("view", ["records_create", "records_update", "records_delete", "collections_update"])
def test_there_were_several_copies(emulator: Emulator, view: str) -> None:
    assert emulator.count_copies(f"{PREFIX}-{view}") >= 2
