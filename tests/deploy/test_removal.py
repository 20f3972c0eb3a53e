"""Taking everything down: `chalice delete`, then what docs/deploying.md says to do by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.deploy.inventory import list_all
from tests.deploy.project import STAGE, Project

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


def remove_by_hand(aws: Callable[[str], Any]) -> None:
    """The steps of docs/deploying.md, all of names that begin with quoll-dev or /quoll/dev/."""
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
