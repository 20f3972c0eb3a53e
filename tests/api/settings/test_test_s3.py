"""POST /api/settings/test/s3."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chalicelib.auth.tokens import new_auth_token
from chalicelib.config import get_config
from chalicelib.settings.save import change_settings
from chalicelib.settings.seal import KEY
from chalicelib.storage import secrets
from dev.gateway import Gateway
from tests.bucket_server import BucketServer, bucket_server
from tests.conftest import Superuser
from tests.people import add_person
from tests.scenario import Scenario, play

FAILED = '"message":"Failed to test the S3 filesystem.'
UNREADABLE = "An error occurred while loading the submitted data."


def try_it(name: str, body: Any, **more: Any) -> Scenario:
    return Scenario(name, "POST", "/api/settings/test/s3", body, **{"by": "root", **more})


SCENARIOS = [
    try_it("a guest", {}, by="", status=401),
    try_it("a user", {"filesystem": "storage"}, by="ann", status=403),
    try_it("nothing", {}, status=400, has=(FAILED, '{"filesystem":{"code":"validation_required"')),
    try_it("something else", {"filesystem": "x"}, status=400, has=(FAILED, '"validation_in_invalid"')),
    try_it("another type", {"filesystem": ["storage"]}, status=400, has=(UNREADABLE,)),
    try_it("malformed", "{", status=400, has=(UNREADABLE,), headers={"Content-Type": "application/json"}),
    try_it("not enabled", {"filesystem": "storage"}, status=400, has=(FAILED, "is not enabled.")),
    try_it("not enabled for backups", {"filesystem": "backups"}, status=400, has=(FAILED, "is not enabled.")),
    Scenario("GET", "GET", "/api/settings/test/s3", by="root", status=404),
]


@pytest.fixture
def tokens(gateway: Gateway, superuser: Superuser) -> Mapping[str, str]:
    ann = add_person("users", id="annannannannann", email="ann@example.com")
    return {"root": superuser.token, "ann": new_auth_token(ann)}


@pytest.fixture
def server() -> Iterator[BucketServer]:
    with bucket_server() as server:
        group = {"enabled": True, "bucket": "files", "region": "eu-west-1", "endpoint": server.url}
        keys = {"accessKey": "access", "secret": "hush", "forcePathStyle": True}
        change_settings({"s3": group | keys, "backups": {"s3": group | keys | {"bucket": "zips"}}})
        yield server


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_refused(scenario: Scenario, gateway: Gateway, tokens: Mapping[str, str]) -> None:
    play(gateway, scenario, tokens)


@pytest.mark.parametrize(("filesystem", "bucket"), [("storage", "files"), ("backups", "zips")])
def test_a_file_is_put_and_removed(
    gateway: Gateway, tokens: Mapping[str, str], server: BucketServer, filesystem: str, bucket: str
) -> None:
    play(gateway, try_it("it works", {"filesystem": filesystem}, status=204), tokens)
    (_, put), (_, removed) = server.paths
    assert put == removed
    assert put.startswith(f"/{bucket}/pb_settings_test_")
    assert [method for method, _ in server.paths] == ["PUT", "DELETE"]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"PUT": 403}, "Raw error: \\nfailed to upload a test file: status 403."),
        ({"DELETE": 403}, "Raw error: \\nfailed to delete the test file pb_settings_test_"),
    ],
)
def test_what_went_wrong_is_told(
    gateway: Gateway, tokens: Mapping[str, str], server: BucketServer, answers: dict[str, int], says: str
) -> None:
    server.answers, server.body = answers, b"<Message>internal</Message>"
    refused = try_it(
        "refused", {"filesystem": "storage"}, status=400, has=(FAILED, says), lacks=("internal", "hush")
    )
    play(gateway, refused, tokens)


def test_a_secret_of_another_key_is_to_be_set_again(
    gateway: Gateway, tokens: Mapping[str, str], server: BucketServer, another_key: None
) -> None:
    says = "The setting s3.secret was sealed with another key: save it again."
    play(gateway, try_it("lost", {"filesystem": "storage"}, status=400, has=(says,)), tokens)
    assert server.asked == []


def test_the_key_is_not_there(
    gateway: Gateway, tokens: Mapping[str, str], server: BucketServer, no_key: None
) -> None:
    says = "`python -m chalicelib provision` makes it"
    play(gateway, try_it("no key", {"filesystem": "storage"}, status=400, has=(FAILED, says)), tokens)
    assert server.asked == []


@pytest.fixture
def no_key(server: BucketServer) -> Iterator[None]:
    """The stage has lost the key with which the secrets were sealed."""
    client, path = secrets._client(), secrets.secret_path(get_config(), KEY)
    kept = client.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"]
    client.delete_parameter(Name=path)
    secrets._memory.read.clear()
    yield
    client.put_parameter(Name=path, Value=kept, Type="SecureString")


@pytest.fixture
def another_key(server: BucketServer) -> Iterator[None]:
    """The stage's key is another one than that with which the secrets were sealed."""
    path = secrets.secret_path(get_config(), KEY)
    secrets._memory.read[path] = ("another", secrets._memory.read[path][1])
    yield
    secrets._memory.read.clear()
