"""The other road: the same application as one CloudFormation stack, and as a Terraform module."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chalice.utils import to_cfn_resource_name

from chalicelib.storage.followed import filter_criteria
from tests.deploy.client import Api
from tests.deploy.emulator import Emulator
from tests.deploy.inventory import list_all
from tests.deploy.logs import read_log
from tests.deploy.project import STAGE, Project, copy_project
from tests.deploy.routes import JOBS, ROUTES, Route
from tests.deploy.stack import NAME, Package, create_stack, make_package, upload
from tests.servers import EMAIL, PASSWORD

pytestmark = pytest.mark.by_hand

STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/quoll-dev/stream/2026"
INTEGRATION = "x-amazon-apigateway-integration"


@pytest.fixture(scope="module")
def team(emulator: Emulator, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project, not deployed."""
    return copy_project(tmp_path_factory.mktemp("stack"), emulator, built)


@pytest.fixture(scope="module")
def package(team: Project, tmp_path_factory: pytest.TempPathFactory) -> Package:
    return make_package(team, tmp_path_factory.mktemp("package"))


def test_the_template_is_without_mistakes(package: Package) -> None:
    command = (str(Path(sys.executable).with_name("cfn-lint")), str(package.file))
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_each_route_leads_to_a_function_of_its_own(package: Package, route: Route) -> None:
    resources = package.template["Resources"]
    operation = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"][route.path][
        route.method.lower()
    ]
    resource = to_cfn_resource_name(route.view)
    assert f"${{{resource}.Arn}}" in operation[INTEGRATION]["uri"]["Fn::Sub"]
    assert resources[resource]["Type"] == "AWS::Serverless::Function"


def test_terraform_has_the_same_functions(emulator: Emulator, built: Path, tmp_path: Path) -> None:
    """It merges no template, so the stage names its stream."""
    team = copy_project(tmp_path / "team", emulator, built)
    file = team.folder / ".chalice/config.json"
    config = json.loads(file.read_text())
    config["stages"][STAGE]["environment_variables"]["QUOLL_STREAM_ARN"] = STREAM
    file.write_text(json.dumps(config))
    team.chalice("package", "--stage", STAGE, "--pkg-format", "terraform", str(tmp_path / "out"))
    module = json.loads((tmp_path / "out/chalice.tf.json").read_text())
    functions = module["resource"]["aws_lambda_function"]
    assert {route.function for route in ROUTES} <= {each["function_name"] for each in functions.values()}
    document = json.dumps(module)
    assert STREAM in document
    for view in {route.view for route in ROUTES}:
        assert f"aws_lambda_function.{view}.invoke_arn" in document


@pytest.fixture(scope="module")
def stack(package: Package, team: Project, aws: Callable[[str], Any]) -> dict[str, Any]:
    """The stack on an account that holds nothing else, provisioned with what a template cannot bring."""
    made = create_stack(aws, upload(package, aws("s3")))
    team.quoll("provision", "--stage", STAGE)
    team.quoll("superuser", "--stage", STAGE, "upsert", EMAIL, PASSWORD)
    return made


@pytest.fixture(scope="module")
def functions(stack: dict[str, Any], aws: Callable[[str], Any]) -> dict[str, str]:
    """The functions' names by those of their resources."""
    pages = aws("cloudformation").get_paginator("list_stack_resources").paginate(StackName=NAME)
    resources = [each for page in pages for each in page["StackResourceSummaries"]]
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in resources
        if each["ResourceType"] == "AWS::Lambda::Function"
    }


def test_the_stack_is_made_whole(
    stack: dict[str, Any], functions: dict[str, str], aws: Callable[[str], Any]
) -> None:
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert {
        to_cfn_resource_name(view) for view in (*JOBS, *(route.view for route in ROUTES))
    } <= functions.keys()
    assert set(functions.values()) == list_all(aws)["functions"]
    (source,) = aws("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert source["FilterCriteria"] == filter_criteria()


def test_it_answers_with_the_functions_of_the_routes(
    stack: dict[str, Any], functions: dict[str, str], emulator: Emulator, aws: Callable[[str], Any]
) -> None:
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    superuser = Api(emulator.port, outputs["RestAPIId"], "api").as_superuser()
    assert superuser.ask("POST", "/api/collections", {"name": "stacked", "type": "base"}).status == 200
    made = superuser.ask("POST", "/api/collections/stacked/records", {})
    assert made.status == 200
    assert superuser.ask("GET", f"/api/collections/stacked/records/{made.body['id']}").body == made.body
    for view in ("auth_with_password", "collections_create", "records_create", "records_view"):
        assert "REPORT" in read_log(aws("logs"), functions[to_cfn_resource_name(view)])


def test_the_stack_goes_whole(stack: dict[str, Any], aws: Callable[[str], Any]) -> None:
    client = aws("cloudformation")
    client.delete_stack(StackName=NAME)
    client.get_waiter("stack_delete_complete").wait(
        StackName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )
    left = {kind for kind, names in list_all(aws).items() if names}
    assert left <= {
        "log groups",
        "parameters",
        "buckets",
        "layers",
    }  # the first two are made by others, SAM keeps layers
