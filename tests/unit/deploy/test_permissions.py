"""The table of permissions: complete, narrow, and what .chalice says."""

from collections.abc import Callable

import pytest
from chalice import Chalice

from app import app
from chalicelib.commands.policies import FOLDER
from chalicelib.config import Config, read_config
from chalicelib.deploy.chalice_files import wanted_files
from chalicelib.deploy.functions import jobs_of
from chalicelib.deploy.permissions import (
    COUNT_ATTEMPTS,
    FUNCTIONS,
    KEEPS_FILES,
    KINDS,
    LONGEST,
    READ_SECRETS,
    READS,
    WHOLE_PROCESSOR,
    WRITE_TABLE,
    WRITES,
    Needs,
    kind_of,
    needs_of,
)
from chalicelib.deploy.policies import STATEMENTS, function_settings, policy_document, policy_files
from chalicelib.jobs import functions, record_stream
from tests.unit.deploy.conftest import VIEWS

CONFIG = read_config({"QUOLL_STAGE": "dev", "QUOLL_TRACING": "true"})
# AWS has no narrower resource for these.
CANNOT_BE_NARROWED = {"dynamodb:ListStreams", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
# Which of the account's proven senders mail is from is a setting, made at run time.
OF_THE_ACCOUNT = {"ses:SendEmail", "ses:SendRawEmail"}
READING = {view.view_name for view in VIEWS.values()} - {
    view.view_name for view in VIEWS.values() if view.method not in ("GET", "HEAD")
}


@pytest.mark.parametrize("make", [policy_files, function_settings])
def test_a_job_without_a_row_is_told(make: Callable[[Chalice, Config], object]) -> None:
    tiny = Chalice("tiny", configure_logs=False)
    tiny.schedule("rate(1 minute)", name="brand_new")(lambda event: None)
    with pytest.raises(KeyError, match="brand_new"):
        make(tiny, CONFIG)


def test_each_view_and_each_job_has_a_row() -> None:
    views = {view.view_name for view in VIEWS.values()}
    assert views <= FUNCTIONS.keys()
    assert set(jobs_of(app)) <= FUNCTIONS.keys()
    schedules = {each for each in FUNCTIONS if each.startswith("job_")}
    assert all(hasattr(functions, each) for each in (*schedules, "minute_tick"))
    assert FUNCTIONS.keys() - views - schedules == {"minute_tick", "record_stream"}
    assert hasattr(record_stream, "record_stream")


@pytest.mark.parametrize("name", sorted(READING))
def test_who_only_reads_cannot_write(name: str) -> None:
    assert WRITE_TABLE not in FUNCTIONS[name].may
    actions = {
        action
        for each in policy_document(FUNCTIONS[name], CONFIG)["Statement"]
        for action in each["Action"]
        if action.startswith("dynamodb:") and "Condition" not in each
    }
    assert actions <= {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_who_counts_attempts_changes_nothing_else(name: str) -> None:
    statements = policy_document(FUNCTIONS[name], CONFIG)["Statement"]
    counting = [each for each in statements if "dynamodb:UpdateItem" in each["Action"]]
    assert all(each["Action"] == ["dynamodb:UpdateItem"] for each in counting)
    keys = "dynamodb:LeadingKeys"
    condition = {"ForAllValues:StringLike": {keys: ["A#*"]}, "Null": {keys: "false"}}
    assert all(each["Condition"] == condition for each in counting)


def test_each_view_may_count_attempts() -> None:
    """Who reads a request counts it, where limits are enabled."""
    views = {view.view_name for view in VIEWS.values()}
    assert [name for name in sorted(views) if COUNT_ATTEMPTS not in FUNCTIONS[name].may] == []


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_no_view_outlives_the_gateway(name: str) -> None:
    is_view = name in {view.view_name for view in VIEWS.values()}
    assert 0 < FUNCTIONS[name].seconds <= (29 if is_view else LONGEST)


@pytest.mark.parametrize("grant", sorted(STATEMENTS))
def test_permissions_are_narrow(grant: str) -> None:
    config = Config(stage="blue", table="blue-table", bucket="blue-bucket", tracing=True)
    for statement in policy_document(Needs(frozenset({grant})), config)["Statement"]:
        assert statement["Effect"] == "Allow"
        if not set(statement["Action"]) <= CANNOT_BE_NARROWED | OF_THE_ACCOUNT:
            assert all("blue" in resource.split(":", 5)[5] for resource in statement["Resource"])
        assert not any("*" in action for action in statement["Action"])


def test_another_stage_is_another_matter() -> None:
    """A stage whose name begins like ours has a table, parameters and logs of its own."""
    (logs, secrets) = policy_document(Needs(frozenset({READ_SECRETS})), Config(stage="dev"))["Statement"]
    assert logs["Resource"] == [
        "arn:*:logs:*:*:log-group:/aws/lambda/quoll-dev:*",
        "arn:*:logs:*:*:log-group:/aws/lambda/quoll-dev-*:*",
    ]
    assert secrets["Resource"] == ["arn:*:ssm:*:*:parameter/quoll/dev/*"]


@pytest.mark.parametrize("tracing", [True, False])
def test_traces_are_allowed_where_they_are_made(tracing: bool) -> None:
    document = policy_document(Needs(), Config(tracing=tracing))
    assert ("xray" in str(document)) == tracing


def test_a_group_needs_what_its_members_need() -> None:
    assert needs_of(["records_view", "records_create"]) == Needs(KEEPS_FILES)
    assert needs_of(["auth_with_password", "health"]) == Needs(WRITES, memory=WHOLE_PROCESSOR)
    assert needs_of(["minute_tick", "health"]).seconds == LONGEST
    assert needs_of([]) == Needs()
    with pytest.raises(KeyError):
        needs_of(["nobody"])


def test_kinds() -> None:
    assert [kind_of(may) for may in KINDS.values()] == list(KINDS)
    assert kind_of(READS | {READ_SECRETS}) not in KINDS
    assert kind_of(READS | {READ_SECRETS}) != kind_of(WRITES | {READ_SECRETS})


def test_what_chalice_says_is_up_to_date() -> None:
    """Otherwise: python -m chalicelib policies."""
    assert [each.path for each in wanted_files(app, FOLDER) if not each.is_there] == []
