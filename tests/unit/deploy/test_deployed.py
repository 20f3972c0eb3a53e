"""What Chalice notes of a deployment."""

import json
from pathlib import Path
from typing import Any

from chalicelib.deploy.deployed import Deployed, find_deployed, read_deployed

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:"
NOTED: list[dict[str, Any]] = [
    {
        "name": "records_list",
        "resource_type": "lambda_function",
        "lambda_arn": f"{ARN}quoll-dev-records_list",
    },
    {"name": "tick", "resource_type": "lambda_function", "lambda_arn": f"{ARN}quoll-dev-tick"},
    {"name": "tick-event", "resource_type": "cloudwatch_event", "rule_name": "quoll-dev-tick-event"},
    {
        "name": "record_stream-dynamodb-event-source",
        "resource_type": "dynamodb_event",
        "stream_arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/quoll-dev/stream/2026",
        "event_uuid": "u-1",
        "lambda_arn": f"{ARN}quoll-dev-record_stream",
    },
    {
        "name": "rest_api",
        "resource_type": "rest_api",
        "rest_api_id": "abc",
        "rest_api_url": "https://abc.execute-api.eu-west-1.amazonaws.com/api/",
    },
]


def test_what_is_read() -> None:
    expected = Deployed(
        rest_api="abc",
        gateway_stage="api",
        streams={"quoll-dev-record_stream": "u-1"},
        schedules=("quoll-dev-tick",),
    )
    assert read_deployed(NOTED) == expected
    assert read_deployed([]) == Deployed()


def test_where_it_is_found(tmp_path: Path) -> None:
    assert find_deployed("dev", tmp_path) is None
    (tmp_path / "dev.json").write_text(json.dumps({"resources": NOTED, "schema_version": "2.0"}))
    assert find_deployed("dev", tmp_path) == read_deployed(NOTED)
