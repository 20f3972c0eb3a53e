"""The process of the AWS to deploy to: ministack, with what AWS does and it does not.

How it runs functions, emulated_functions.py says; here is what it lacks of stacks, policies and mail.
"""

import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ministack import app as ministack
from ministack.core import iam_actions
from ministack.services.cloudformation import provisioners

from dev.emulator import read_partitions_faster, stop_with_parent
from tests.deploy.emulated_functions import (
    hide_installed_packages,
    note_changes,
    unpack_once,
    wait_for_logs,
)
from tests.deploy.emulator import CHANGES
from tests.deploy.rest_api import BINARY


def complete_stacks() -> None:
    """Two things that are in a template get lost when the emulator makes a stack, and do not on AWS."""
    _change_properties("AWS::DynamoDB::Table", _tell_states_of_indexes)
    _change_properties("AWS::ApiGateway::RestApi", _find_binary_types)


def tell_partitions() -> None:
    """Let policies ask which partitions a call to DynamoDB writes: `dynamodb:LeadingKeys`, as AWS has it."""
    find_context = iam_actions.dynamodb_service_context

    def find_with_partitions(body: bytes) -> dict[str, Any]:
        found = sorted(set(_partitions_in(json.loads(body or b"{}"))))
        return {**find_context(body), **({"dynamodb:LeadingKeys": found} if found else {})}

    iam_actions.dynamodb_service_context = find_with_partitions


def _partitions_in(asked: Any) -> Iterator[str]:
    """Of the items and keys of a call, of each part of a transaction too."""
    if isinstance(asked, list):
        for each in asked:
            yield from _partitions_in(each)
    elif isinstance(asked, dict):
        for name, each in asked.items():
            if name in ("Item", "Key") and isinstance(each, dict):
                yield each.get("pk", {}).get("S", "")
            else:
                yield from _partitions_in(each)


def name_senders() -> None:
    """Let policies name the sender of a mail: AWS asks about that identity, the emulator about "*"."""
    find_resource = iam_actions._ses_v2_resource_arn

    def find_sender(method: str, path: str, body: bytes, region: str, account_id: str) -> str:
        if path.rstrip("/") != "/v2/email/outbound-emails":
            return find_resource(method, path, body, region, account_id)
        sender = json.loads(body or b"{}").get("FromEmailAddress", "")
        return f"arn:aws:ses:{region}:{account_id}:identity/{sender}"

    iam_actions._ses_v2_resource_arn = find_sender


def _tell_states_of_indexes(properties: Any) -> None:
    for index in properties.get("GlobalSecondaryIndexes", ()):
        index["IndexStatus"] = "ACTIVE"


def _find_binary_types(properties: Any) -> None:
    properties.setdefault("BinaryMediaTypes", properties.get("Body", {}).get(BINARY, []))


def _change_properties(kind: str, change: Callable[[Any], None]) -> None:
    create = provisioners._RESOURCE_HANDLERS[kind]["create"]

    def create_changed(logical_id: str, properties: Any, stack: str) -> Any:
        change(properties)
        return create(logical_id, properties, stack)

    provisioners._RESOURCE_HANDLERS[kind]["create"] = create_changed


if __name__ == "__main__":
    threading.Thread(target=stop_with_parent, daemon=True).start()
    read_partitions_faster()
    shared = Path(tempfile.mkdtemp(prefix="functions-"))
    hide_installed_packages(shared)
    unpack_once(shared)
    wait_for_logs()
    note_changes(shared.parent / CHANGES)
    complete_stacks()
    tell_partitions()
    name_senders()
    sys.argv = sys.argv[:1]
    ministack.main()
