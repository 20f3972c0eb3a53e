"""The stage as CloudFormation: right by CloudFormation's rules, and the same as what provisioning makes."""

import json
from argparse import Namespace
from typing import Any

import pytest
from cfnlint.api import lint_all
from chalice.package import TemplateDeepMerger

from chalicelib.commands.template import COMMAND, make_application
from chalicelib.config import STAGES_FILE, Config
from chalicelib.deploy.resources import wanted_resources
from chalicelib.deploy.template import Application, make_template
from chalicelib.jobs.schedules import SCHEDULES
from chalicelib.storage.followed import filter_criteria
from chalicelib.storage.table import table_definition

CHALICE = json.loads(STAGES_FILE.read_text())
APPLICATION = Application("quoll", "api", ("record_stream",), ("minute_tick", "job_of-mine"))
PLACES = ("RecordStream", "MinuteTick", "JobOfMine")


def chalices() -> dict[str, Any]:
    """What Chalice writes of these functions and of its gateway, in short."""
    function = {"Handler": "app.app", "Runtime": "python3.12", "CodeUri": "./deployment.zip"}
    source = {"Stream": "to come", "BatchSize": 500, "StartingPosition": "TRIM_HORIZON"}
    events = {"RecordStreamDynamodbEventSource": {"Type": "DynamoDB", "Properties": source}}
    api = {"StageName": "api", "DefinitionBody": {"swagger": "2.0", "info": {"title": "quoll"}, "paths": {}}}
    functions = {name: {"Type": "AWS::Serverless::Function", "Properties": {**function}} for name in PLACES}
    functions["RecordStream"]["Properties"]["Events"] = events  # type: ignore[index]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {**functions, "RestAPI": {"Type": "AWS::Serverless::Api", "Properties": api}},
    }


def merged(stage: str) -> dict[str, Any]:
    config = Config(stage=stage, table=f"quoll-{stage}", bucket=f"quoll-{stage}-files")
    return dict(TemplateDeepMerger().merge(make_template(config, APPLICATION), chalices()))


def complaints(template: dict[str, Any]) -> list[str]:
    """Errors and warnings; cfn-lint's hints are matters of taste."""
    return [str(each) for each in lint_all(json.dumps(template)) if each.rule.id[0] in "EW"]


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_cloudformation_has_nothing_to_complain_of(stage: str) -> None:
    assert complaints(merged(stage)) == []


def test_it_would_complain() -> None:
    template = merged("dev")
    template["Resources"]["Table"]["Properties"]["BillingMode"] = "FREE"
    assert any(each.startswith("[E3030") for each in complaints(template))


@pytest.mark.parametrize(("stage", "policy"), [("dev", "Delete"), ("prod", "Retain")])
def test_data_outlives_its_stack_unless_it_is_to_be_thrown_away(stage: str, policy: str) -> None:
    resources = merged(stage)["Resources"]
    for name in ("Table", "Bucket"):
        assert resources[name]["UpdateReplacePolicy"] == policy
    assert ("VersioningConfiguration" in resources["Bucket"]["Properties"]) is (stage == "prod")


def test_a_first_try_that_failed_leaves_nothing_in_the_way_of_the_next() -> None:
    """Kept or protected from deletion, an empty table would make every later try fail."""
    resources = merged("prod")["Resources"]
    assert {resources[name]["DeletionPolicy"] for name in ("Table", "Bucket")} == {"RetainExceptOnCreate"}
    assert "DeletionProtectionEnabled" not in resources["Table"]["Properties"]
    assert "table.protection" in {each.key for each in wanted_resources(Config(stage="prod"))}


def test_the_table_is_the_one_that_provisioning_makes() -> None:
    properties = merged("dev")["Resources"]["Table"]["Properties"]
    definition = table_definition("quoll-dev")
    for name in ("TableName", "BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"):
        assert properties[name] == definition[name]
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_what_nobody_took_over_is_dropped() -> None:
    """CloudFormation calls the parts of a rule otherwise than S3."""
    bucket = merged("prod")["Resources"]["Bucket"]["Properties"]
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    uploads = {
        "Prefix": "uploads/",
        "ExpirationInDays": 1,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    }
    assert rules["quoll-uploads"] == {"Id": "quoll-uploads", "Status": "Enabled"} | uploads
    assert rules["quoll-deleted"]["ExpiredObjectDeleteMarker"] is True


def test_what_is_added_to_chalices_own() -> None:
    resources = merged("dev")["Resources"]
    source = resources["RecordStream"]["Properties"]["Events"]["RecordStreamDynamodbEventSource"]
    assert source["Properties"]["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert source["Properties"]["BatchSize"] == 500
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"]["FilterCriteria"] == filter_criteria()
    for job in ("MinuteTick", "JobOfMine"):
        kept = resources[job]["Properties"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
        assert kept["Destination"] == {"Fn::GetAtt": ["Failed", "Arn"]}
    gateway = resources["RestAPI"]["Properties"]
    assert gateway["DefinitionBody"]["info"]["title"] == "quoll-dev"
    assert gateway["MethodSettings"][0]["ThrottlingRateLimit"] == 500
    assert resources["AlarmBehind"]["Properties"]["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": "RecordStream"}}
    ]


def test_the_application_is_what_the_tables_of_jobs_say() -> None:
    application = make_application(CHALICE, "dev")
    assert (application.name, application.gateway_stage) == ("quoll", "api")
    assert application.streams == ["record_stream"]
    assert {each.function for each in SCHEDULES if each.is_for_aws} < set(application.schedules)


def test_the_command_writes_it() -> None:
    written = json.loads(COMMAND.run(Namespace()))
    assert written["Resources"]["Table"]["Properties"]["TableName"] == "quoll-test"
