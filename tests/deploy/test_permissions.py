"""What a function may not do is refused by AWS, whatever its code tries.

A function of the deployed layer, with the role of another one, tries calls: the emulator judges them by that
role's policies, as it does all calls of all functions in all tests here. Which partitions a call is about it
is told by emulator_process.py, as AWS tells its own.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.deploy.project import Project
from tests.deploy.routes import PREFIX

Try = Callable[[str, str, dict[str, Any]], str]

TABLE = "quoll-dev"
KEY = {"pk": {"S": "probe"}, "sk": {"S": "probe"}}
DENIED = "AccessDeniedException"
CODE = """
from functools import cache
import botocore.session
from botocore.exceptions import ClientError

create_client = cache(botocore.session.get_session().create_client)

def handle(event, context):
    service, operation = event["operation"].split(".")
    client = create_client(service)
    try:
        client._make_api_call(operation, event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""
"""

READ = {
    "dynamodb.GetItem": {"TableName": TABLE, "Key": KEY},
    "dynamodb.Query": {
        "TableName": TABLE,
        "IndexName": "gsi1",
        "KeyConditionExpression": "g1pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "probe"}},
    },
}
WRITE = {
    "dynamodb.PutItem": {"TableName": TABLE, "Item": KEY},
    "dynamodb.DeleteItem": {"TableName": TABLE, "Key": KEY},
    "dynamodb.TransactWriteItems": {"TransactItems": [{"Put": {"TableName": TABLE, "Item": KEY}}]},
    "dynamodb.BatchWriteItem": {"RequestItems": {TABLE: [{"PutRequest": {"Item": KEY}}]}},
}
# What no function has any business with.
NEVER = {
    "dynamodb.Scan": {"TableName": TABLE},
    "dynamodb.DeleteTable": {"TableName": TABLE},
    "dynamodb.GetItem": {"TableName": "another", "Key": KEY},
    "iam.ListRoles": {},
    "lambda.ListFunctions": {},
    "s3.ListBuckets": {},
}
# What who reads may write all the same: lines of the requests' log, counts of attempts.
LINE = {"pk": {"S": "L#0"}, "sk": {"S": "probe"}}
COUNTED = {"UpdateExpression": "ADD seen :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
OWN = {
    "dynamodb.PutItem": {"TableName": TABLE, "Item": LINE},
    "dynamodb.UpdateItem": {
        "TableName": TABLE,
        "Key": {"pk": {"S": "A#probe"}, "sk": {"S": "A"}},
        **COUNTED,
    },
}
# The same elsewhere, and beside something else.
NOT_OWN = {
    "dynamodb.PutItem": {"TableName": TABLE, "Item": {**LINE, "pk": {"S": "A#probe"}}},
    "dynamodb.UpdateItem": {"TableName": TABLE, "Key": KEY, **COUNTED},
    "dynamodb.TransactWriteItems": {
        "TransactItems": [{"Put": {"TableName": TABLE, "Item": each}} for each in (LINE, KEY)]
    },
    "dynamodb.DeleteItem": {"TableName": TABLE, "Key": LINE},
    "dynamodb.BatchWriteItem": {"RequestItems": {TABLE: [{"PutRequest": {"Item": LINE}}]}},
}
READERS = ("records_view", "records_list", "collections_view", "settings_view", "health")
WRITERS = ("records_create", "records_update", "collections_create")


@pytest.fixture(scope="module")
def attempt(aws: Callable[[str], Any], project: Project) -> Iterator[Try]:
    """Tries a call with the role of a view's function; the error's code, or nothing."""
    client, name = aws("lambda"), "probe"
    layer = project.deployed()["managed-layer"]["layer_version_arn"]

    def attempt(view: str, operation: str, arguments: dict[str, Any]) -> str:
        role = client.get_function_configuration(FunctionName=f"{PREFIX}-{view}".rstrip("-"))["Role"]
        called = f"{name}-{view}"
        if called not in made:
            made.append(called)
            client.create_function(
                FunctionName=called,
                Runtime=client.get_function_configuration(FunctionName=PREFIX)["Runtime"],
                Role=role,
                Handler="probe.handle",
                Code={"ZipFile": zipped("probe.py", CODE)},
                Layers=[layer],
                Timeout=20,
            )
            client.get_waiter("function_active_v2").wait(FunctionName=called, WaiterConfig={"Delay": 0.1})
        event = {"operation": operation, "arguments": arguments}
        answer = client.invoke(FunctionName=called, Payload=json.dumps(event))
        told = json.loads(answer["Payload"].read())
        assert isinstance(told, str), told
        return told

    made: list[str] = []
    yield attempt
    for called in made:
        client.delete_function(FunctionName=called)


def zipped(name: str, text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize("operation", WRITE)
@pytest.mark.parametrize("view", READERS)
def test_a_function_that_reads_cannot_write(attempt: Try, view: str, operation: str) -> None:
    assert attempt(view, operation, WRITE[operation]) == DENIED


@pytest.mark.parametrize("operation", OWN)
def test_a_function_that_reads_logs_and_counts(attempt: Try, operation: str) -> None:
    assert attempt("records_view", operation, OWN[operation]) == ""


@pytest.mark.parametrize("operation", NOT_OWN)
def test_it_writes_nothing_besides(attempt: Try, operation: str) -> None:
    assert attempt("records_view", operation, NOT_OWN[operation]) == DENIED


@pytest.mark.parametrize("operation", READ)
@pytest.mark.parametrize("view", [*READERS, *WRITERS])
def test_what_a_function_needs_it_may(attempt: Try, view: str, operation: str) -> None:
    assert attempt(view, operation, READ[operation]) == ""


@pytest.mark.parametrize(
    "operation", ["dynamodb.PutItem", "dynamodb.TransactWriteItems", "dynamodb.DeleteItem"]
)
@pytest.mark.parametrize("view", WRITERS)
def test_a_function_that_writes_may(attempt: Try, view: str, operation: str) -> None:
    assert attempt(view, operation, WRITE[operation]) == ""


@pytest.mark.parametrize("operation", NEVER)
@pytest.mark.parametrize("view", ["records_view", "records_create"])
def test_no_function_may(attempt: Try, view: str, operation: str) -> None:
    assert attempt(view, operation, NEVER[operation]).startswith("AccessDenied")


@pytest.mark.parametrize("operation", {**READ, **WRITE})
def test_the_function_that_no_route_leads_to_may_nothing(attempt: Try, operation: str) -> None:
    """Chalice always makes it, named after the application alone."""
    assert attempt("", operation, {**READ, **WRITE}[operation]) == DENIED
