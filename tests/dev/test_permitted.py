"""A view that does what its row does not allow is refused, on `make run` and in the tests as on AWS."""

from typing import Any

import boto3
import pytest

from chalicelib.config import get_config
from chalicelib.deploy.permissions import FUNCTIONS, READ_SECRETS
from chalicelib.files.store import Store
from chalicelib.storage.additions import Addition
from chalicelib.storage.engine import DeleteItem, Engine, WriteItem
from chalicelib.storage.queries import Query
from chalicelib.storage.rates import count_attempt
from dev.gateway import Gateway
from dev.permitted import NotPermitted, acting_as, is_allowed, needed_for
from tests.conftest import Superuser

ITEM = {"pk": {"S": "T#x"}, "sk": {"S": "y"}}
TABLE = f"arn:aws:dynamodb:us-east-1:000000000000:table/{get_config().table}"


def test_who_reads_cannot_write(engine: Engine) -> None:
    with acting_as("records_view"):
        assert engine.get(("T#x", "y")) is None
        with pytest.raises(NotPermitted) as refused:
            engine.write_all([WriteItem(ITEM)])
        with pytest.raises(NotPermitted):
            engine.write_all([DeleteItem(("T#x", "y"))])
        with pytest.raises(NotPermitted):
            engine.write_all([WriteItem(ITEM), DeleteItem(("T#x", "z"))])
    assert engine.get(("T#x", "y")) is None
    told = str(refused.value)
    assert told.startswith("records_view may not dynamodb:PutItem on ") and "permissions.py" in told


def test_who_writes_can(engine: Engine) -> None:
    with acting_as("records_create"):
        engine.write_all([WriteItem(ITEM)])
        assert engine.batch_get([("T#x", "y")])


def test_who_has_no_row_can_do_nothing(engine: Engine) -> None:
    with acting_as("brand_new"), pytest.raises(NotPermitted, match="brand_new has no row in FUNCTIONS"):
        engine.get(("T#x", "y"))


def test_who_is_no_function_is_not_judged(engine: Engine) -> None:
    engine.write_all([WriteItem(ITEM)])
    assert engine.get(("T#x", "y"))


@pytest.mark.parametrize("service", ["s3", "ssm", "sqs"])
def test_other_services_are_judged_too(aws: None, service: str) -> None:
    """Before anything is sent."""
    calls: dict[str, Any] = {
        "s3": lambda client: client.list_objects_v2(Bucket="b"),
        "ssm": lambda client: client.get_parameter(Name="/quoll/test/x"),
        "sqs": lambda client: client.send_message(QueueUrl="https://sqs/0/other", MessageBody="x"),
    }
    client = boto3.client(service, region_name="us-east-1")
    for function, needs in FUNCTIONS.items():
        if service == "ssm" and READ_SECRETS in needs.may:
            continue
        with acting_as(function), pytest.raises(NotPermitted):
            calls[service](client)


@pytest.mark.parametrize(
    ("operation", "params", "needed"),
    [
        ("GetItem", {"TableName": "t"}, [("dynamodb:GetItem", "table/t")]),
        ("Query", {"TableName": "t", "IndexName": "gsi3"}, [("dynamodb:Query", "table/t/index/gsi3")]),
        ("BatchGetItem", {"RequestItems": {"t": {}}}, [("dynamodb:BatchGetItem", "table/t")]),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "t"}}, {"ConditionCheck": {"TableName": "u"}}]},
            [("dynamodb:PutItem", "table/t"), ("dynamodb:ConditionCheckItem", "table/u")],
        ),
    ],
)
def test_what_a_call_needs(operation: str, params: dict[str, Any], needed: list[tuple[str, str]]) -> None:
    start = "arn:aws:dynamodb:us-east-1:000000000000:"
    found = [
        (action, resource.removeprefix(start))
        for action, resource in needed_for("dynamodb", operation, params)
    ]
    assert found == needed


@pytest.mark.parametrize(
    ("operation", "params", "needed"),
    [
        ("GetObject", {"Key": "c/r/a"}, ["s3:GetObject b/c/r/a"]),
        ("HeadObject", {"Key": "c/r/a"}, ["s3:GetObject b/c/r/a"]),
        ("PutObject", {"Key": "c/r/a"}, ["s3:PutObject b/c/r/a"]),
        (
            "CopyObject",
            {"Key": "c/r/a", "CopySource": "b/x%20y"},
            ["s3:GetObject b/x y", "s3:PutObject b/c/r/a"],
        ),
        (
            "DeleteObjects",
            {"Delete": {"Objects": [{"Key": "x"}, {"Key": "y"}]}},
            ["s3:DeleteObject b/x", "s3:DeleteObject b/y"],
        ),
        ("ListObjectsV2", {"Prefix": "c"}, ["s3:ListBucket b"]),
        ("DeleteBucket", {}, ["s3:DeleteBucket b/"]),
    ],
)
def test_what_a_call_to_s3_needs(operation: str, params: dict[str, Any], needed: list[str]) -> None:
    found = needed_for("s3", operation, {"Bucket": "b", **params})
    assert [f"{action} {resource.removeprefix('arn:aws:s3:::')}" for action, resource in found] == needed


def test_who_shows_records_has_no_files(bucket: Store) -> None:
    bucket.put("c/r/a", b"x", "text/plain")
    for function in ("records_view", "files_token", "files_upload"):
        with acting_as(function), pytest.raises(NotPermitted):
            bucket.read("c/r/a")
    with acting_as("files_view"):
        assert bucket.read("c/r/a") == b"x"
    with acting_as("files_token"), pytest.raises(NotPermitted):
        bucket.remove(["c/r/a"])


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("dynamodb:Query", TABLE, True),
        ("dynamodb:Query", f"{TABLE}/index/gsi16", True),
        ("dynamodb:Scan", TABLE, False),
        ("dynamodb:DeleteTable", TABLE, False),
        ("dynamodb:Query", f"{TABLE}-other", False),
        ("dynamodb:PutItem", f"{TABLE}/index/gsi1", False),
    ],
)
def test_what_a_writer_may(action: str, resource: str, allowed: bool) -> None:
    assert is_allowed("records_create", action, resource) is allowed


def test_who_reads_may_count_attempts_and_nothing_else(engine: Engine) -> None:
    with acting_as("records_view"):
        assert [count_attempt("x", 100), count_attempt("x", 100)] == [1, 2]
        for partition in ("R#abc#def", "CONFIG", "A", "a#x"):
            with pytest.raises(NotPermitted, match="may not dynamodb:UpdateItem"):
                engine.add(Addition((partition, "A"), {"seen": 1}))
    assert engine.get(("CONFIG", "A")) is None


@pytest.mark.parametrize(
    ("action", "leading", "allowed"),
    [
        ("PutItem", "L#", True),
        ("UpdateItem", "A#", True),
        ("PutItem", "A#", False),
        ("UpdateItem", "L#", False),
        ("PutItem", "R#", False),
        ("PutItem", "L", False),
        # A call that tells of no partition is none that a condition lets by.
        ("PutItem", "", False),
        ("UpdateItem", "", False),
        ("DeleteItem", "L#", False),
        ("BatchWriteItem", "L#", False),
    ],
)
def test_who_reads_may_write_in_two_kinds_of_partitions(action: str, leading: str, allowed: bool) -> None:
    assert is_allowed("records_view", f"dynamodb:{action}", TABLE, leading) is allowed


def test_a_view_acts_as_itself(
    gateway: Gateway, superuser: Superuser, monkeypatch: pytest.MonkeyPatch, defaults: Engine
) -> None:
    """The gateway holds each view to its row: were it another's, a deletion would fail."""
    path, headers = "/api/collections/users", {"Authorization": superuser.token}
    send, refused = defaults.send, []

    def note(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            return send(operation, arguments)
        except NotPermitted as error:
            refused.append(str(error))
            raise

    defaults.send = note
    monkeypatch.setitem(FUNCTIONS, "collections_delete", FUNCTIONS["collections_view"])  # type: ignore[arg-type]
    is_allowed.cache_clear()
    assert gateway.handle("DELETE", path, headers)[0] == 500
    assert refused and refused[0].startswith("collections_delete may not dynamodb:")
    monkeypatch.undo()
    is_allowed.cache_clear()
    assert gateway.handle("DELETE", path, headers)[0] == 204


def test_queries_of_the_engine_are_judged(engine: Engine) -> None:
    with acting_as("brand_new"), pytest.raises(NotPermitted):
        list(engine.query(Query("T#x")))
