"""The process of the embedded AWS: ministack, until its parent goes away, with a journal of all writes.

Settings come from the environment (dev/aws.py gives them). The parent holds our standard input open; when it
is closed, however the parent ended, everything is saved and the process stops.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from ministack import app as ministack
from ministack.core.persistence import STATE_DIR
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, request_scope
from ministack.services import dynamodb, ssm

from chalicelib.storage.queries import WHOLE_PARTITION
from dev.journal import Entry, Journal

OK = 200
WRITES = {
    "CreateTable",
    "DeleteTable",
    "UpdateTable",
    "UpdateTimeToLive",
    "PutItem",
    "DeleteItem",
    "UpdateItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "PutParameter",
    "DeleteParameter",
}
TABLES = "DynamoDB_20120810."


def stop_with_parent() -> None:
    """Wait for the end of standard input, then stop as on SIGTERM: with everything saved."""
    while os.read(sys.stdin.fileno(), 4096):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


def keep_writes(journal: Journal) -> None:
    """Put the journal around ministack's tables and parameters: their handlers, loading and saving."""
    handlers = {service: service.handle_request for service in (dynamodb, ssm)}
    load, save = ministack._load_persisted_state, ministack.save_all

    def noting(handle: Any) -> Any:
        async def handle_and_note(*request: Any) -> Any:
            # The handler never waits for anything, so writes are noted in the order they happen.
            answer = await handle(*request)
            _, _, headers, body, _ = request
            operation = headers.get("x-amz-target", "").removeprefix(TABLES)
            if answer[0] == OK and operation.split(".")[-1] in WRITES:
                journal.append(Entry(get_account_id(), get_region(), operation, body))
            return answer

        return handle_and_note

    def load_and_repeat() -> None:
        load()
        for entry in journal.entries():
            is_other = "." in entry.operation
            with request_scope(entry.account, entry.region):
                headers = {"x-amz-target": entry.operation if is_other else TABLES + entry.operation}
                handle = handlers[ssm if is_other else dynamodb]
                _finish(handle("POST", "/", headers, entry.arguments, {}))
        save_and_forget(ministack._build_persistence_save_dict())

    def save_and_forget(services: Any) -> None:
        before = _last_save()
        save(services)  # a failure is only logged
        if _last_save() != before:
            journal.forget()

    for service, handle in handlers.items():
        service.handle_request = noting(handle)
    ministack._load_persisted_state = load_and_repeat
    ministack.save_all = save_and_forget


def refuse_damaged_data(stop: Callable[[str], Any]) -> None:
    """What was saved and cannot be read must not be taken for nothing, and be saved over."""
    load_state, restore = ministack.load_state, dynamodb.load_persisted_state

    def load_or_stop(service: str) -> Any:
        file = Path(STATE_DIR) / f"{service}.json"
        try:
            data = load_state(service)
        except ValueError:  # not even text
            data = None
        if file.exists() and not _is_whole(service, data):
            stop(f"{file} is damaged")
        return data

    def restore_or_stop(data: Any) -> None:
        try:
            restore(data)
        except Exception as error:  # noqa: BLE001 - ministack would go on without the data, whatever it is
            stop(f"{Path(STATE_DIR) / 'dynamodb.json'} is damaged: {error!r}")

    ministack.load_state, dynamodb.load_persisted_state = load_or_stop, restore_or_stop


def _is_whole(service: str, data: Any) -> bool:
    if service != "dynamodb" or not isinstance(data, dict):
        return isinstance(data, dict)
    return isinstance(data.get("tables"), AccountRegionScopedDict)


def stop_at_once(reason: str) -> None:
    """End without saving anything."""
    print(
        f"{reason}. Nothing was changed: put back a copy of it, or move it away to start empty.",
        file=sys.stderr,
    )
    sys.stderr.flush()
    os._exit(1)


def read_partitions_faster() -> None:
    """Compare keys where ministack would parse the condition anew for every item of a partition."""
    evaluate = dynamodb._evaluate_condition

    def compare_or_evaluate(*asked: Any, **slot: str) -> Any:
        text, item, values, names = asked
        if text == WHOLE_PARTITION and slot == {"slot": "KeyConditionExpression"}:
            return item.get(names["#p"]) == values[":p"]
        return evaluate(*asked, **slot)

    dynamodb._evaluate_condition = compare_or_evaluate


def _last_save() -> tuple[int, int]:
    """Tells one save of DynamoDB's data from the next."""
    try:
        saved = (Path(STATE_DIR) / "dynamodb.json").stat()
    except FileNotFoundError:
        return 0, 0
    return saved.st_ino, saved.st_mtime_ns


def _finish(call: Coroutine[Any, Any, Any]) -> None:
    """Run a coroutine that never waits."""
    try:
        call.send(None)
    except StopIteration:
        return
    raise RuntimeError("the handler waits for something")


if __name__ == "__main__":
    threading.Thread(target=stop_with_parent, daemon=True).start()
    read_partitions_faster()
    refuse_damaged_data(stop_at_once)
    keep_writes(Journal(Path(STATE_DIR) / "journal"))
    sys.argv = sys.argv[:1]
    ministack.main()
