"""Each route is a Lambda function of its own: made, pointed at by the gateway, and the one that runs."""

import json
import os
import platform
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.deploy.client import Answer, Api
from tests.deploy.logs import read_logs
from tests.deploy.project import Project
from tests.deploy.routes import JOBS, PREFIX, ROUTES, Route

Aws = Callable[[str], Any]

# As many at once as the machine has processors to start functions with.
AT_ONCE = os.cpu_count() or 1
MARK = "asked-for"
LOCAL = f"linux_{platform.machine()}"  # not manylinux, not any
# The minute until the job runs that a superuser asks for passes meanwhile.
pytestmark = pytest.mark.usefixtures("asked_job")


def test_each_view_has_a_function(aws: Aws, project: Project) -> None:
    found = {each["FunctionName"]: each for each in list_functions(aws)}
    views = {route.function for route in ROUTES}
    assert views <= found.keys()
    jobs = found.keys() - views - {PREFIX}  # Chalice always makes the one that it has for all routes
    assert jobs == {f"{PREFIX}-{job}" for job in (*JOBS, "record_stream")}
    assert {each["Layers"][0]["Arn"] for each in found.values()} == {
        project.deployed()["managed-layer"]["layer_version_arn"]
    }


def list_functions(aws: Aws) -> list[dict[str, Any]]:
    pages = aws("lambda").get_paginator("list_functions").paginate()
    return [function for page in pages for function in page["Functions"]]


def test_functions_that_differ_in_their_rights_have_roles_of_their_own(aws: Aws) -> None:
    roles = {each["FunctionName"]: each["Role"] for each in list_functions(aws)}
    assert len({roles[f"{PREFIX}-{view}"] for view in ("records_view", "records_create", "batch")}) == 3


def test_no_library_was_compiled_on_this_machine(project: Project, built: Path) -> None:
    """Chalice does that with what nobody has built for Lambda's Linux; there it seldom runs."""
    (layer,) = built.glob("managed-layer-*.zip")
    with ZipFile(layer) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith("/WHEEL")}
    platforms = {
        name: set(re.findall(r"^Tag: \S+-(\w+)$", text, re.MULTILINE)) for name, text in told.items()
    }
    assert platforms
    assert {name for name, found in platforms.items() if not found or found & {LOCAL}} == set()


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_the_gateway_points_at_the_function(integrations: dict[tuple[str, str], str], route: Route) -> None:
    assert f":function:{route.function}/invocations" in integrations[route.method, route.path]


@pytest.fixture(scope="module")
def integrations(aws: Aws, api: Api) -> dict[tuple[str, str], str]:
    """Where each method of each path leads."""
    found = aws("apigateway").get_resources(restApiId=api.rest_api, limit=500, embed=["methods"])["items"]
    return {
        (method, resource["path"]): told["methodIntegration"].get("uri", "")
        for resource in found
        for method, told in resource.get("resourceMethods", {}).items()
    }


@pytest.fixture(scope="module")
def answers(api: Api) -> dict[Route, Answer]:
    """What a guest is answered by each route; each request can be told apart by its query."""

    def ask(route: Route) -> Answer:
        return api.ask(route.method, f"{route.target}?{MARK}={ROUTES.index(route)}.", {})

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return dict(zip(ROUTES, threads.map(ask, ROUTES), strict=True))


@pytest.fixture(scope="module")
def logs(answers: dict[Route, Answer], aws: Aws) -> dict[str, str]:
    """What each function has logged since."""
    return read_logs(aws("logs"))


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_request_is_answered_by_its_function_alone(
    answers: dict[Route, Answer], logs: dict[str, str], route: Route
) -> None:
    assert answers[route].status < 500
    mark = json.dumps({MARK: f"{ROUTES.index(route)}."}).replace(" ", "")
    assert [function for function, log in logs.items() if mark in log] == [route.function]
