"""Who follows the stream is told of all that it uses, and of nothing else; on AWS as under `make run`."""

import json

import pytest

from chalicelib.collections import purge
from chalicelib.storage import keys
from chalicelib.storage.followed import FOLLOWED, filter_criteria
from dev.stream import is_followed

MOST = 5  # Lambda's quota of patterns
RECORD = keys.record_key("k3v9", "abc123def456ghi")


def is_told(name: str, pk: str, sk: str) -> bool:
    return is_followed({"eventName": name, "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}}})


@pytest.mark.parametrize(
    ("names", "pk", "sk"),
    [
        ("INSERT MODIFY REMOVE", RECORD, keys.RECORD_SORT),
        ("INSERT MODIFY", keys.task_key(purge.KIND), "anything"),
        ("INSERT", keys.mark_key("b", 3), keys.MARK_SORT),
    ],
)
def test_what_is_used_comes(names: str, pk: str, sk: str) -> None:
    assert all(is_told(name, pk, sk) for name in names.split())


@pytest.mark.parametrize(
    ("pk", "sk"),
    [
        (keys.log_key(2), "0000"),
        (keys.attempts_key("otp:users:abc"), keys.ATTEMPTS_SORT),
        (RECORD, keys.edge_sort("c4", "red")),
        (keys.unique_key("k3v9", "idx", ("a",)), keys.UNIQUE_SORT),
        (keys.counter_key("k3v9"), "0"),
        (keys.heard_key("k3v9", 339552), keys.HEARD_SORT),
        (keys.sent_key("verification/users/abc"), keys.SENT_SORT),
        (keys.MAILBOX, "0000"),
        (keys.CONFIG, keys.VERSION_SORT),
        (keys.CONFIG, keys.collection_sort("pbc_123")),
        (keys.MIGRATIONS, "1_first"),
        (keys.image_keys("b")[0], RECORD),
    ],
)
def test_what_nobody_uses_calls_nobody(pk: str, sk: str) -> None:
    """The counters' own changes above all: each batch that is counted would bring another."""
    assert not any(is_told(name, pk, sk) for name in ("INSERT", "MODIFY", "REMOVE"))


def test_work_that_is_done_needs_nobody() -> None:
    assert not is_told("REMOVE", keys.task_key(purge.KIND), "anything")
    assert not is_told("REMOVE", keys.mark_key("b", 3), keys.MARK_SORT)


def test_what_is_no_change_is_left_out() -> None:
    assert not is_followed({"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"N": "1"}}}})
    assert not is_followed({})


def test_lambda_is_given_the_same() -> None:
    patterns = [json.loads(each["Pattern"]) for each in filter_criteria()["Filters"]]
    assert patterns == list(FOLLOWED) and len(patterns) <= MOST
