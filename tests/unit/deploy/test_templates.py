"""Which function answers which route, and with which role, in what `chalice package` writes."""

import json
import os
import re
from typing import Any

import pytest

from chalicelib.config import ConfigError, read_config
from chalicelib.deploy.functions import GROUPINGS, jobs_of
from chalicelib.deploy.gateway_answers import GATEWAY_ANSWERS
from chalicelib.deploy.permissions import FUNCTIONS, needs_of
from chalicelib.deploy.policies import members_of, policy_document
from tests.unit.deploy.conftest import STREAM, VIEWS, Packages, Project, app

CONFIG = read_config({"QUOLL_STAGE": "dev"})
UNKNOWN = {("/", "GET"), ("/", "HEAD"), ("/{proxy+}", "GET"), ("/{proxy+}", "HEAD")}
SAM, TERRAFORM = "cloudformation", "terraform"
every_grouping = pytest.mark.parametrize("grouping", GROUPINGS)


def document_in(template: dict[str, Any]) -> dict[str, Any]:
    if "Resources" in template:
        return dict(template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"])
    return dict(json.loads(template["locals"]["chalice_api_swagger"]))


ADDRESS = re.compile(r"(?:functions/\$\{|aws_lambda_function\.)(\w+)\.")


def functions_in(template: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """For each route, the function that the gateway calls, as the template calls it."""
    return {
        (path, method.upper()): ADDRESS.findall(json.dumps(uri))
        for path, methods in document_in(template)["paths"].items()
        for method, operation in methods.items()
        if (uri := operation["x-amazon-apigateway-integration"].get("uri"))
    }


def cfn_name(function: str) -> str:
    if function == "api_handler":
        return "APIHandler"
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]", function))


@every_grouping
@pytest.mark.parametrize("format", [SAM, TERRAFORM])
def test_each_route_calls_its_function(packages: Packages, grouping: str, format: str) -> None:
    template = packages(grouping, format).template
    spelled = cfn_name if format == SAM else str
    wanted = {route: [spelled(GROUPINGS[grouping](view))] for route, view in VIEWS.items()}
    assert functions_in(template) == wanted


@every_grouping
def test_each_function_has_what_its_row_says(packages: Packages, grouping: str) -> None:
    resources = packages(grouping, SAM).template["Resources"]
    members = members_of(app, grouping)
    deployed = {name for name in members if name not in FUNCTIONS or name in jobs_of(app)} | (
        members.keys() & FUNCTIONS.keys() & {view.view_name for view in VIEWS.values()}
    )
    made = {name for name, each in resources.items() if each["Type"] == "AWS::Serverless::Function"}
    assert made == {cfn_name(name) for name in deployed}
    for name in deployed:
        needs, function = needs_of(members[name]), resources[cfn_name(name)]["Properties"]
        assert function["Timeout"] == needs.seconds
        assert function["MemorySize"] == (needs.memory or 512)
        role = resources[function["Role"]["Fn::GetAtt"][0]]["Properties"]
        (policy,) = role["Policies"]
        assert policy["PolicyDocument"] == policy_document(needs, CONFIG)


def test_no_two_functions_share_a_role(packages: Packages) -> None:
    resources = packages("route", SAM).template["Resources"].values()
    roles = [
        each["Properties"]["Role"]["Fn::GetAtt"][0]
        for each in resources
        if each["Type"] == "AWS::Serverless::Function"
    ]
    assert len(set(roles)) == len(roles) > len({view.view_name for view in VIEWS.values()})


def test_each_role_is_in_terraform_as_well(packages: Packages) -> None:
    resources = packages("route", TERRAFORM).template["resource"]
    for name, function in resources["aws_lambda_function"].items():
        role = re.fullmatch(r"\$\{aws_iam_role\.([\w-]+)\.arn\}", function["role"])
        assert role is not None
        policy = json.loads(resources["aws_iam_role_policy"][role[1]]["policy"])
        assert policy == policy_document(needs_of(members_of(app, "route")[name]), CONFIG)


@pytest.mark.parametrize("format", [SAM, TERRAFORM])
def test_the_gateway_answers_as_pocketbase(packages: Packages, format: str) -> None:
    document = document_in(packages("route", format).template)
    responses = document["x-amazon-apigateway-gateway-responses"]
    assert responses.keys() == GATEWAY_ANSWERS.keys()
    unknown = responses["MISSING_AUTHENTICATION_TOKEN"]
    assert (unknown["statusCode"], json.loads(unknown["responseTemplates"]["application/json"])) == (
        "404",
        {"data": {}, "message": "The requested resource wasn't found.", "status": 404},
    )
    other = responses["UNSUPPORTED_MEDIA_TYPE"]
    assert (other["statusCode"], json.loads(other["responseTemplates"]["application/json"])["message"]) == (
        "404",
        "File not found.",
    )
    for response in responses.values():
        assert response["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


def test_reading_what_is_not_there_needs_no_function(packages: Packages) -> None:
    paths = document_in(packages("route", SAM).template)["paths"]
    for path, method in UNKNOWN:
        integration = paths[path][method.lower()]["x-amazon-apigateway-integration"]
        assert integration["type"] == "mock"
        assert integration["passthroughBehavior"] == "never"  # another type is no template
        (answer,) = integration["responses"].values()
        assert answer["statusCode"] == "404"
        assert json.loads(answer["responseTemplates"]["application/json"])["message"] == "File not found."
    answered = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    assert {each for each in answered if each[1] != "OPTIONS"} == VIEWS.keys() | UNKNOWN


def test_every_path_answers_preflights(packages: Packages) -> None:
    for path in document_in(packages("route", SAM).template)["paths"].values():
        integration = path["options"]["x-amazon-apigateway-integration"]
        assert integration["passthroughBehavior"] == "never"
        (answer,) = integration["responses"].values()
        headers = {
            name.rpartition(".")[2]: value.strip("'") for name, value in answer["responseParameters"].items()
        }
        assert answer["statusCode"] == "204" and path["options"]["responses"].keys() == {"204"}
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Access-Control-Allow-Methods"] == "GET,HEAD,PUT,PATCH,POST,DELETE"
        allowed = headers["Access-Control-Allow-Headers"].split(",")
        assert {"*", "Authorization", "Content-Type"} <= set(allowed)
        assert set(path["options"]["responses"]["204"]["headers"]) == set(headers)


def test_logs_are_not_kept_for_ever(packages: Packages) -> None:
    """And each log group is of a function that is there, which CloudFormation insists on."""
    resources = packages("route", SAM).template["Resources"]
    groups = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::Logs::LogGroup"]
    named = {each["LogGroupName"]["Fn::Sub"].removeprefix("/aws/lambda/${").rstrip("}") for each in groups}
    functions = {name for name, each in resources.items() if each["Type"] == "AWS::Serverless::Function"}
    assert named == functions - {"APIHandler"}
    assert {each["RetentionInDays"] for each in groups} == {14}


def test_logs_of_terraform_have_the_functions_names(packages: Packages) -> None:
    resources = packages("route", TERRAFORM).template["resource"]
    named = {each["name"] for each in resources["aws_cloudwatch_log_group"].values()}
    functions = {each["function_name"] for each in resources["aws_lambda_function"].values()}
    assert named == {f"/aws/lambda/{name}" for name in functions - {"quoll-dev"}}


def test_the_document_of_a_deployment(project: Project) -> None:
    """`chalice deploy` has a generator of its own, which `chalice generate-models` shows."""
    ran = project.run("generate-models", "--stage", "dev")
    assert ran.returncode == 0, ran.stderr
    paths = json.loads(ran.stdout)["paths"]
    for (path, method), view in VIEWS.items():
        uri = paths[path][method.lower()]["x-amazon-apigateway-integration"]["uri"]
        assert uri.endswith(f"/functions/{{{view.view_name}_lambda_arn}}/invocations")


def test_what_is_out_of_date_is_not_deployed(project: Project) -> None:
    project.change(QUOLL_TABLE="another")
    ran = project.run("package", "--stage", "dev", "out")
    assert ran.returncode == 1
    assert ran.stderr == (
        "Error: What .chalice says about roles is out of date: run `python -m chalicelib policies`.\n"
    )
    assert "Written" in project.write_policies()
    assert project.run("generate-models", "--stage", "dev").returncode == 0


@pytest.mark.parametrize("stage", ["local", "nowhere"])
def test_a_stage_that_is_not_deployed(project: Project, stage: str) -> None:
    ran = project.run("package", "--stage", stage, "out")
    assert ran.returncode == 1
    assert ran.stderr.startswith("Error: This is no stage that is deployed.")
    assert not (project.folder / "out").exists()


def test_a_configuration_that_makes_no_sense_is_not_deployed(project: Project) -> None:
    project.change(QUOLL_GROUPING="some")
    ran = project.run("package", "--stage", "dev", "out")
    assert (ran.returncode, ran.stderr) == (
        1,
        "Error: QUOLL_GROUPING must be one of route, resource, single\n",
    )


@pytest.mark.parametrize("format", [SAM, TERRAFORM])
def test_the_gateway_is_named_after_its_stage(packages: Packages, format: str) -> None:
    assert document_in(packages("route", format).template)["info"]["title"] == "quoll-dev"


def test_certificates_are_of_the_gateways_own_region(packages: Packages) -> None:
    api = packages("route", SAM).template["Resources"]["RestAPI"]["Properties"]
    assert api["EndpointConfiguration"] == "REGIONAL"
    (rest,) = packages("route", TERRAFORM).template["resource"]["aws_api_gateway_rest_api"].values()
    assert rest["endpoint_configuration"] == {"types": ["REGIONAL"]}


@pytest.mark.parametrize("format", [SAM, TERRAFORM])
def test_the_stream_is_the_one_that_is_named(packages: Packages, format: str) -> None:
    assert STREAM in json.dumps(packages("route", format).template)


def test_a_package_without_a_stream_is_refused(project: Project) -> None:
    ran = project.run("package", "--stage", "dev", "--pkg-format", "terraform", "out")
    assert ran.returncode == 1
    assert ran.stderr.startswith("Error: Nothing says which stream to follow: add --merge-template")


@pytest.mark.parametrize("name", ["QUOLL_GROUPING", "QUOLL_STREAM_ARN"])
def test_the_shell_has_no_say_in_what_is_deployed(project: Project, name: str) -> None:
    ran = project.run("package", "--stage", "dev", "out", **{name: "single"})
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"Error: {name} is set in the shell, and not for stage dev")


def test_a_copied_stage_with_anothers_name_is_not_deployed(project: Project) -> None:
    file = project.folder / ".chalice/config.json"
    config = json.loads(file.read_text())
    config["stages"]["staging"] = config["stages"]["dev"]
    file.write_text(json.dumps(config))
    ran = project.run("package", "--stage", "staging", "out")
    assert ran.returncode == 1
    assert "Error: Stage staging has the QUOLL_STAGE dev" in ran.stderr
    with pytest.raises(ConfigError, match="share the table quoll-dev"):
        project.write_policies()


def test_a_deployment_needs_a_region(project: Project) -> None:
    ran = project.run("deploy", "--stage", "dev", AWS_DEFAULT_REGION="", AWS_CONFIG_FILE=os.devnull)
    assert (ran.returncode, ran.stderr[:28]) == (1, "Error: No region is named: e")


def test_the_profile_that_is_typed_counts(project: Project) -> None:
    """Not that of the shell: in its region, and with its keys, the stream is looked for."""
    file = project.folder / "aws"
    file.write_text("[default]\nregion = eu-central-1\n[profile bare]\noutput = json\n")
    shell = {"AWS_DEFAULT_REGION": "", "AWS_CONFIG_FILE": str(file)}
    ran = project.run("deploy", "--stage", "dev", "--profile", "bare", **shell)
    assert (ran.returncode, ran.stderr[:28]) == (1, "Error: No region is named: e")
