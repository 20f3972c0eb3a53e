"""What is set on a stage that is deployed: once, and nothing that somebody has decided."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.deploy.apply_settings import make_does
from chalicelib.deploy.aws import Aws
from chalicelib.deploy.deployed import Deployed, find_deployed
from chalicelib.deploy.plan import Plan
from chalicelib.deploy.provisioning import perform, plan_settings
from chalicelib.storage.engine import Engine
from chalicelib.storage.followed import filter_criteria
from tests.services.deploy.conftest import provisioned


class Gateway:
    """API Gateway with one stage: what is set on it, and whether its account may write logs."""

    def __init__(self, may_log: bool) -> None:
        self.may_log = may_log
        self.stage: dict[str, Any] = {"methodSettings": {}}

    def get_rest_api(self, restApiId: str) -> dict[str, str]:
        return {"name": "quoll-x"}

    def get_account(self) -> dict[str, str]:
        return {"cloudwatchRoleArn": "arn:aws:iam::123456789012:role/logs"} if self.may_log else {}

    def get_stage(self, restApiId: str, stageName: str) -> dict[str, Any]:
        assert (restApiId, stageName) == ("abc", "api")
        return self.stage

    def update_stage(self, patchOperations: list[dict[str, str]], **stage: str) -> None:
        for change in patchOperations:
            path = change["path"].removeprefix("/")
            if path.startswith("*/*/throttling/"):
                name = path.rpartition("/")[2]
                limits = self.stage["methodSettings"].setdefault("*/*", {})
                limits[f"throttling{name[0].upper()}{name[1:]}"] = float(change["value"])
            else:
                first, _, second = path.partition("/")
                self.stage.setdefault(first, {})[second] = change["value"]


@pytest.fixture
def deployed(empty: Aws) -> Deployed:
    """A stage as `chalice deploy` leaves it, but for a gateway that writes no logs yet."""
    provisioned(empty)
    role = boto3.client("iam").create_role(RoleName=empty.config.stage, AssumeRolePolicyDocument="{}")[
        "Role"
    ]["Arn"]
    client = empty.open_client("lambda")
    made = [f"quoll-{empty.config.stage}-{name}" for name in ("stream", "tick")]
    for name in made:
        client.create_function(
            FunctionName=name, Runtime="python3.11", Role=role, Handler="app.app", Code={"ZipFile": b"none"}
        )
    table = empty.engine.send("DescribeTable", {"TableName": empty.config.table})["Table"]
    source = {"EventSourceArn": table["LatestStreamArn"], "StartingPosition": "TRIM_HORIZON"}
    mapping = client.create_event_source_mapping(FunctionName=made[0], **source)
    return Deployed("abc", "", "api", {made[0]: mapping["UUID"]}, (made[1],))


def settled(aws: Aws, deployed: Deployed) -> Plan:
    plan = plan_settings(aws, deployed)
    perform(plan, aws, lambda text: None, make_does(deployed))
    return plan


def with_gateway(aws: Aws, may_log: bool) -> Gateway:
    open_client, gateway = aws.open_client, Gateway(may_log)
    aws.open_client = lambda service: gateway if service == "apigateway" else open_client(service)
    return gateway


def test_what_chalice_cannot_set(empty: Aws, deployed: Deployed) -> None:
    gateway = with_gateway(empty, may_log=True)
    done = [step.key.partition(".")[0] for step in settled(empty, deployed).steps]
    assert done == ["logs", "logs", "gateway", "gateway", "stream", "job", *["alarm"] * 7, "dashboard"]
    assert settled(empty, deployed) == Plan()
    assert gateway.stage["methodSettings"]["*/*"] == {
        "throttlingRateLimit": 500,
        "throttlingBurstLimit": 1000,
    }
    log = gateway.stage["accessLogSettings"]
    assert log["destinationArn"] == (
        f"arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/quoll-{empty.config.stage}"
    )
    assert json.loads(log["format"])["status"] == "$context.status"
    assert "essage" not in log["format"]  # one with quotes in it would make the line no JSON
    (function,) = deployed.streams
    mapping = empty.open_client("lambda").get_event_source_mapping(UUID=deployed.streams[function])
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"].endswith("-failed")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["FilterCriteria"] == filter_criteria()


def test_what_was_just_deployed_is_waited_for(empty: Aws, deployed: Deployed) -> None:
    client, states = empty.open_client("lambda"), iter(["Creating", "Creating", "Enabled"])
    pauses: list[float] = []
    asked: list[dict[str, Any]] = []

    class Lambda:
        """Lambda, with an event source that takes a while."""

        def get_event_source_mapping(self, UUID: str) -> dict[str, Any]:
            return {**client.get_event_source_mapping(UUID=UUID), "State": next(states)}

        def update_event_source_mapping(self, **settings: Any) -> None:
            asked.append(settings)

    empty.open_client = lambda service: Lambda()
    empty.engine.pause = pauses.append
    (function,) = deployed.streams
    source = client.get_event_source_mapping(UUID=deployed.streams[function])["EventSourceArn"]
    wanted = {"EventSourceArn": source, "BisectBatchOnFunctionError": True}
    make_does(deployed)[f"stream.{function}"](empty, wanted)
    assert len(pauses) == 2
    assert asked == [{"UUID": deployed.streams[function], "BisectBatchOnFunctionError": True}]


def test_a_limit_that_somebody_has_set_stays(empty: Aws, deployed: Deployed) -> None:
    gateway = with_gateway(empty, may_log=True)
    gateway.stage["methodSettings"]["*/*"] = {"throttlingRateLimit": 5.0, "throttlingBurstLimit": 5}
    assert "gateway.throttling" not in {step.key for step in settled(empty, deployed).steps}


def test_logs_that_the_account_does_not_allow_are_told(empty: Aws, deployed: Deployed) -> None:
    with_gateway(empty, may_log=False)
    plan = settled(empty, deployed)
    assert "gateway.logs" not in {step.key for step in plan.steps}
    (remark,) = plan.remarks
    assert "AmazonAPIGatewayPushToCloudWatchLogs" in remark


def test_without_an_api_there_is_only_the_rest(empty: Aws, deployed: Deployed) -> None:
    plan = settled(empty, Deployed("", "", "", deployed.streams))
    assert {step.key.partition(".")[0] for step in plan.steps} == {"stream", "alarm", "dashboard"}


@dataclass(frozen=True)
class Restored:
    """A stage that works on another table than the one it was deployed on, and what Chalice had noted."""

    aws: Aws
    deployed: Deployed
    stream: str

    @property
    def function(self) -> str:
        (function,) = self.deployed.streams
        return function

    def sources(self) -> list[dict[str, Any]]:
        """The function's event sources."""
        client = self.aws.open_client("lambda")
        return list(client.list_event_source_mappings(FunctionName=self.function)["EventSourceMappings"])

    def again(self) -> Deployed:
        """What is noted now."""
        found = find_deployed("x", (self.deployed.noted or Path()).parent)
        assert found is not None
        return found


@pytest.fixture
def restored(empty: Aws, deployed: Deployed, tmp_path: Path) -> Restored:
    with_gateway(empty, may_log=True)
    config = replace(empty.config, table=f"{empty.config.table}-restored")
    other = Aws(config, Engine(config.table, empty.engine.send, pause=lambda seconds: None))
    other.open_client = empty.open_client
    provisioned(other)
    ((function, uuid),) = deployed.streams.items()
    old = empty.open_client("lambda").get_event_source_mapping(UUID=uuid)
    noted = {
        "name": "record_stream-dynamodb-event-source",
        "resource_type": "dynamodb_event",
        "stream_arn": old["EventSourceArn"],
        "event_uuid": uuid,
        "lambda_arn": old["FunctionArn"],
    }
    (tmp_path / "x.json").write_text(json.dumps({"resources": [noted], "schema_version": "2.0"}))
    found = find_deployed("x", tmp_path)
    assert found is not None and found.streams == {function: uuid}
    stream = other.engine.send("DescribeTable", {"TableName": config.table})["Table"]["LatestStreamArn"]
    return Restored(other, found, stream)


def test_after_a_restore_the_new_tables_stream_is_followed(restored: Restored) -> None:
    """`chalice deploy` leaves the event source with the old one."""
    (old,) = restored.sources()
    assert old["EventSourceArn"] != restored.stream
    steps = [step.key for step in settled(restored.aws, restored.deployed).steps]
    assert f"stream.{restored.function}" in steps
    (new,) = restored.sources()
    assert (new["EventSourceArn"], new["BatchSize"]) == (restored.stream, old["BatchSize"])
    assert new["StartingPosition"] == "TRIM_HORIZON"
    assert new["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert new["DestinationConfig"]["OnFailure"]["Destination"].endswith("-failed")
    noted = json.loads((restored.deployed.noted or Path()).read_text())["resources"][0]
    assert (noted["event_uuid"], noted["stream_arn"]) == (new["UUID"], restored.stream)
    assert settled(restored.aws, restored.again()) == Plan()


def test_a_switch_that_was_cut_short_is_gone_on_with(restored: Restored) -> None:
    """Made but not noted: the next try takes that one, and does away with the old."""
    settings = {"EventSourceArn": restored.stream, "StartingPosition": "TRIM_HORIZON"}
    client = restored.aws.open_client("lambda")
    made = client.create_event_source_mapping(FunctionName=restored.function, **settings)
    settled(restored.aws, restored.deployed)
    assert [each["UUID"] for each in restored.sources()] == [made["UUID"]]
    settled(restored.aws, restored.again())
    (left,) = restored.sources()
    assert left["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_an_event_source_that_is_gone_is_made_again(empty: Aws, deployed: Deployed) -> None:
    with_gateway(empty, may_log=True)
    ((function, uuid),) = deployed.streams.items()
    client = empty.open_client("lambda")
    client.delete_event_source_mapping(UUID=uuid)
    assert f"stream.{function}" in {step.key for step in settled(empty, deployed).steps}
    assert len(client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]) == 1
