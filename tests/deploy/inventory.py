"""Everything that an account holds, by name."""

from collections.abc import Callable, Mapping
from typing import Any

# Kind: service, paginated operation, the answer's list, what names an entry (nothing: the entry itself).
KINDS: Mapping[str, tuple[str, str, str, str]] = {
    "functions": ("lambda", "list_functions", "Functions", "FunctionName"),
    "layers": ("lambda", "list_layers", "Layers", "LayerName"),
    "event sources": ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "roles": ("iam", "list_roles", "Roles", "RoleName"),
    "rest APIs": ("apigateway", "get_rest_apis", "items", "name"),
    "rules": ("events", "list_rules", "Rules", "Name"),
    "log groups": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "alarms": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboards": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "tables": ("dynamodb", "list_tables", "TableNames", ""),
    "buckets": ("s3", "list_buckets", "Buckets", "Name"),
    "queues": ("sqs", "list_queues", "QueueUrls", ""),
    "parameters": ("ssm", "describe_parameters", "Parameters", "Name"),
}


def list_all(aws: Callable[[str], Any]) -> dict[str, set[str]]:
    """The names of what there is, by kind."""
    return {kind: set(_names(aws, *asked)) for kind, asked in KINDS.items()}


def _names(aws: Callable[[str], Any], service: str, operation: str, entries: str, name: str) -> list[str]:
    pages = aws(service).get_paginator(operation).paginate()
    return [entry[name] if name else entry for page in pages for entry in page.get(entries, ())]
