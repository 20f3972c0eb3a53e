"""The process of the AWS to deploy to: ministack, its functions seeing nothing but what was deployed.

Lambda functions run in processes of this Python. There they are started without its installed packages, so
that what is missing in the package or the layer is missed. A layer is unpacked once, not for each of them.
"""

import json
import os
import shlex
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack import app as ministack
from ministack.core import iam_actions, lambda_runtime
from ministack.services.cloudformation import provisioners

from dev.emulator import read_partitions_faster, stop_with_parent
from tests.deploy.rest_api import BINARY

LAYER_BYTES = 2_000_000  # our own code is far smaller, the layer far larger


def hide_installed_packages(folder: Path) -> None:
    """Start functions with `python -S`: the standard library and what they bring."""
    command = folder / "python"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S "$@"\n')
    command.chmod(0o755)
    detect = lambda_runtime._detect_runtime_binary

    def detect_without_packages(runtime: str) -> tuple[str, str]:
        _, script = detect(runtime)
        return str(command), script

    lambda_runtime._detect_runtime_binary = detect_without_packages


def unpack_layers_once(folder: Path) -> None:
    """Give each function a link to the layer's one unpacked copy."""
    lock = threading.Lock()

    class SharedZipFile(zipfile.ZipFile):
        """An archive that is unpacked elsewhere when it is large."""

        def extractall(self, path: Any = None, *others: Any) -> None:
            file = Path(str(self.filename))
            if file.stat().st_size < LAYER_BYTES:
                return super().extractall(path, *others)
            with lock:
                shared = folder / sha256(file.read_bytes()).hexdigest()
                if not shared.exists():
                    super().extractall(shared)
            os.rmdir(path)
            os.symlink(shared, path)
            return None

    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedZipFile})


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
    unpack_layers_once(shared)
    complete_stacks()
    tell_partitions()
    name_senders()
    sys.argv = sys.argv[:1]
    ministack.main()
