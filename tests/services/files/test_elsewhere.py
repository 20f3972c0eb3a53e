"""A bucket elsewhere: where its keys are, and what is told when it does not take a file."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.files.elsewhere import Elsewhere, Refused
from tests.bucket_server import BucketServer, bucket_server

BUCKET = Elsewhere("https://s3.example.com", "eu-west-1", "files", "access", "hush", True)


@pytest.fixture
def server() -> Iterator[BucketServer]:
    with bucket_server() as server:
        yield server


@pytest.mark.parametrize(
    ("endpoint", "bucket", "path_style", "url"),
    [
        ("https://s3.example.com", "files", True, "https://s3.example.com/files/a/b%20c.txt"),
        ("https://s3.example.com/", "files", False, "https://files.s3.example.com/a/b%20c.txt"),
        ("s3.example.com", "files", False, "https://files.s3.example.com/a/b%20c.txt"),
        ("http://127.0.0.1:9000/under", "files", True, "http://127.0.0.1:9000/under/files/a/b%20c.txt"),
        ("https://s3.example.com", "../x?y", True, "https://s3.example.com/..%2Fx%3Fy/a/b%20c.txt"),
        (
            "https://s3.example.com",
            "evil.example/",
            False,
            "https://evil.example%2F.s3.example.com/a/b%20c.txt",
        ),
    ],
)
def test_where_a_key_is(endpoint: str, bucket: str, path_style: bool, url: str) -> None:
    there = replace(BUCKET, endpoint=endpoint, bucket=bucket, force_path_style=path_style)
    assert there.url_of("a/b c.txt") == url


@pytest.mark.parametrize("endpoint", ["ftp://x.y", "file:///etc", "http://[::1", "javascript://x"])
def test_endpoints_that_are_none(endpoint: str) -> None:
    with pytest.raises(Refused, match="the endpoint"):
        replace(BUCKET, endpoint=endpoint).put("a", b"x")


def test_signed_put_and_removed(server: BucketServer) -> None:
    there = replace(BUCKET, endpoint=server.url)
    there.put("a/test.txt", b"test")
    there.remove("a/test.txt")
    assert server.paths == [("PUT", "/files/a/test.txt"), ("DELETE", "/files/a/test.txt")]
    _, _, headers, content = server.asked[0]
    assert content == b"test"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=access/")
    assert "/eu-west-1/s3/aws4_request" in headers["Authorization"]
    assert "hush" not in str(server.asked) + repr(there)


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (
            403,
            b"<Error><Code>AccessDenied</Code><Message>internal</Message></Error>",
            "status 403 (AccessDenied)",
        ),
        (500, b"<Code>" + b"x" * 70 + b"</Code>", "status 500"),
        (404, b"the password is 1234", "status 404"),
        (302, b"", "status 302"),
    ],
)
def test_nothing_is_told_of_an_answer_but_status_and_code(
    server: BucketServer, status: int, body: bytes, says: str
) -> None:
    server.answers, server.body, server.headers = {"PUT": status}, body, {"Location": f"{server.url}/secret"}
    with pytest.raises(Refused) as refused:
        replace(BUCKET, endpoint=server.url).put("a", b"x")
    assert str(refused.value) == says
    assert len(server.asked) == 1  # redirects are not followed


@pytest.mark.parametrize(
    "there",
    [
        replace(BUCKET, endpoint="http://127.0.0.1:9"),
        replace(BUCKET, endpoint="http://127.0.0.1:9", access_key="a\nX-Evil: 1"),
        replace(BUCKET, endpoint="http://127.0.0.1:9", region="ü\n"),
        replace(BUCKET, endpoint="http://127.0.0.1:99999"),
    ],
)
def test_one_that_cannot_be_reached(there: Elsewhere) -> None:
    with pytest.raises(Refused):
        there.put("a", b"x")
