"""What is set on a stage that is deployed: once, and nothing that somebody has decided."""

import json
from typing import Any

import boto3
import pytest

from chalicelib.deploy.apply_settings import make_does
from chalicelib.deploy.aws import Aws
from chalicelib.deploy.deployed import Deployed
from chalicelib.deploy.plan import Plan
from chalicelib.deploy.provisioning import perform, plan_settings
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
    (function,) = deployed.streams
    mapping = empty.open_client("lambda").get_event_source_mapping(UUID=deployed.streams[function])
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"].endswith("-failed")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


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
    make_does(deployed)[f"stream.{function}"](empty, {"BisectBatchOnFunctionError": True})
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
