"""Taking everything down: `chalice delete`, then by hand what docs/deploying.md names.

The page has the AWS CLI do it, which is no part of the tests: boto3 calls the same operations here, and each
has to be on the page.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.inventory import list_all
from tests.deploy.project import STAGE, Project

BY_HAND = (
    ".venv/bin/chalice delete --stage dev",
    "aws cloudwatch delete-alarms",
    "aws cloudwatch delete-dashboards",
    "aws ssm delete-parameter",
    "aws sqs delete-queue",
    "aws s3api delete-bucket",
    "aws dynamodb delete-table",
    "aws logs delete-log-group",
)
PAGE = Path(__file__).parents[2] / "docs" / "deploying.md"
# What `chalice delete` leaves: logs, which may still be wanted, and what provisioning has made.
KEPT = ("log groups", "alarms", "dashboards", "tables", "buckets", "queues", "parameters")


@pytest.fixture(scope="module", autouse=True)
def deleted(project: Project) -> str:
    """What `chalice delete` says."""
    return project.chalice("delete", "--stage", STAGE)


def test_chalice_leaves_only_what_it_has_not_made(aws: Callable[[str], Any]) -> None:
    assert {kind for kind, names in list_all(aws).items() if names} <= set(KEPT)


def test_data_outlives_the_functions(aws: Callable[[str], Any]) -> None:
    found = list_all(aws)
    assert found["tables"] == {"quoll-dev"}
    assert found["buckets"] == {"quoll-dev-files"}


def test_nothing_is_left_behind(aws: Callable[[str], Any]) -> None:
    remove_by_hand(aws)
    assert {kind: names for kind, names in list_all(aws).items() if names} == {}


def test_the_page_names_what_is_done_here() -> None:
    section = PAGE.read_text().partition("## Deleting a stage")[2].partition("\n## ")[0]
    assert [words for words in BY_HAND if words not in section] == []


def remove_by_hand(aws: Callable[[str], Any]) -> None:
    """What BY_HAND says, of all that is there: it is a stage's alone."""
    found = list_all(aws)
    aws("cloudwatch").delete_alarms(AlarmNames=sorted(found["alarms"]))
    aws("cloudwatch").delete_dashboards(DashboardNames=sorted(found["dashboards"]))
    aws("ssm").delete_parameters(Names=sorted(found["parameters"]))
    for queue in found["queues"]:
        aws("sqs").delete_queue(QueueUrl=queue)
    for group in found["log groups"]:
        aws("logs").delete_log_group(logGroupName=group)
    for bucket in found["buckets"]:
        aws("s3").delete_bucket(Bucket=bucket)
    for table in found["tables"]:
        aws("dynamodb").delete_table(TableName=table)
