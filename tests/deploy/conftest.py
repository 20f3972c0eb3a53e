"""One deployment for all tests here: provisioned and deployed once, taken down by the last of them.

emulator    an AWS that enforces policies, empty at the start
built       where packages and layers are built, once for all copies of the project
project     a copy of the project, provisioned, deployed as stage dev, with a superuser
api         its API, asked by a guest
superuser   its API, asked by the superuser
asked_job   the id of a job that a superuser has asked for
aws         boto3 clients of the account's owner, by service
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.deploy.client import Api
from tests.deploy.emulator import KEY, REGION, Emulator, running_emulator
from tests.deploy.project import STAGE, Project, copy_project
from tests.servers import EMAIL, PASSWORD

FOLDER = Path(__file__).parent
SECONDS = 340
# In the order of a deployment's life; the last ones change what the others look at.
ORDER = (
    "functions",
    "gateway",
    "tour",
    "permissions",
    "stream",
    "mails",
    "races",
    "schedules",
    "redeploy",
    "removal",
    "stack",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything on one worker, in order, with the time that it takes."""
    here = [item for item in items if item.path.parent == FOLDER]
    for item in here:
        item.add_marker(pytest.mark.timeout(SECONDS))
        item.add_marker(pytest.mark.xdist_group("deploy"))
    here.sort(key=lambda item: ORDER.index(item.path.stem.removeprefix("test_")))
    items[:] = [*(item for item in items if item.path.parent != FOLDER), *here]


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator(tmp_path_factory.mktemp("aws")) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("built")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator, built: Path) -> Project:
    project = copy_project(tmp_path_factory.mktemp("quoll"), emulator, built)
    project.quoll("provision", "--stage", STAGE)
    project.chalice("deploy", "--stage", STAGE)
    project.quoll("provision", "--stage", STAGE)  # what Chalice cannot set
    project.quoll("superuser", "--stage", STAGE, "upsert", EMAIL, PASSWORD)
    return project


@pytest.fixture(scope="session")
def api(project: Project) -> Api:
    return Api(project.emulator.port, project.deployed()["rest_api"]["rest_api_id"], "api")


@pytest.fixture(scope="session")
def superuser(api: Api) -> Api:
    return api.as_superuser()


@pytest.fixture(scope="session")
def asked_job(superuser: Api) -> str:
    """Asked for early: it runs when the next minute comes, while other things are tested."""
    job = "__pbOTPCleanup__"
    assert superuser.ask("POST", f"/api/crons/{job}").status == 204
    return job


@pytest.fixture(scope="session")
def aws(emulator: Emulator) -> Callable[[str], Any]:
    session = boto3.Session(aws_access_key_id=KEY, aws_secret_access_key=KEY, region_name=REGION)
    return lambda service: session.client(service, endpoint_url=emulator.url)
