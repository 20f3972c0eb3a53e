"""What the deployed functions have logged."""

from typing import Any

from tests.deploy.routes import PREFIX

GROUPS = "/aws/lambda/"


def read_logs(client: Any) -> dict[str, str]:
    """By the functions' names."""
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=GROUPS + PREFIX)
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    return {name.removeprefix(GROUPS): _read(client, name) for name in names}


def read_log(client: Any, function: str) -> str:
    """One function's; empty when it never ran."""
    return read_logs(client).get(function, "")


def count_runs(client: Any, function: str) -> int:
    """How often a function has been called, and has ended."""
    return read_log(client, function).count("REPORT RequestId")


def _read(client: Any, group: str) -> str:
    pages = client.get_paginator("filter_log_events").paginate(logGroupName=group)
    return "\n".join(event["message"] for page in pages for event in page["events"])
