"""Whatever is sent to the Records API: never a 5xx, and what is refused changes nothing."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.storage.connection import Send
from chalicelib.storage.engine import Engine
from dev.gateway import Gateway

RECORD = "/api/collections/posts/records/aaaaaaaaaaaaaaa"
LIST = "/api/collections/posts/records"

names_of_fields = st.sampled_from(
    [
        "id",
        "title",
        "author",
        "tags",
        "count",
        "data",
        "created",
        "updated",
        "count+",
        "+tags",
        "tags-",
        "count-",
        "password",
        "passwordConfirm",
        "oldPassword",
        "email",
        "verified",
        "tokenKey",
        "emailVisibility",
        "expand",
        "collectionId",
        "@jsonPayload",
        "self",
        "rev",
    ]
)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["a" * 15, "1e999", "NaN"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
bodies = st.dictionaries(names_of_fields | st.text(max_size=8), anything, max_size=6)
raw_bodies = st.binary(max_size=60) | st.text(alphabet='{}[]":,0e-\\u \n', max_size=30).map(str.encode)
types = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "",
        "x;y",
    ]
)
pieces = st.sampled_from(
    [
        "title",
        "author.name",
        "comments_via_post.by",
        "@request.auth.id",
        "@collection.tags.name",
        "=",
        "!~",
        "?=",
        "&&",
        "||",
        "(",
        ")",
        "'",
        '"x"',
        "1",
        "-",
        ":each",
        ":length",
        "geoDistance(1,2,3,4)",
        "strftime('%Y')",
        "//",
        ",",
        ".",
        "@now",
        "null",
        "@rowid",
        "_via_",
        "*",
        "data.k",
    ]
)
expressions = st.lists(pieces, max_size=7).map(" ".join) | st.text(max_size=20)
query_names = st.sampled_from(
    ["filter", "sort", "expand", "fields", "page", "perPage", "skipTotal", "token", "x"]
)
queries = st.dictionaries(query_names, expressions | st.integers().map(str), max_size=4)


class Witness:
    """Stands between the engine and the table, and remembers every write that was carried out."""

    def __init__(self, send: Send) -> None:
        self.send, self.written = send, list[str]()

    def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = self.send(operation, arguments)
        if operation in {"PutItem", "DeleteItem", "TransactWriteItems"}:
            self.written.append(operation)
        return answer


def target(path: str, query: Mapping[str, str]) -> str:
    pairs = [f"{name}={quote(value, safe='', errors='surrogatepass')}" for name, value in query.items()]
    return path + ("?" + "&".join(pairs) if pairs else "")


@pytest.fixture
def send(gateway: Gateway, blog: Engine, tokens: Mapping[str, str]) -> Any:
    """Sends a request; checks that its answer is no accident and that a refusal changed nothing."""
    blog.send = witness = Witness(blog.send)

    def check(
        method: str, path: str, body: bytes = b"", content_type: str = "application/json", by: str = ""
    ) -> int:
        witness.written.clear()
        headers = {"Content-Type": content_type} | ({"Authorization": tokens[by]} if by else {})
        status, _, answer = gateway.handle(method, path, headers, body)
        assert status < 500, answer
        if status >= 400:
            assert json.loads(answer).keys() == {"data", "message", "status"}
            assert "Traceback" not in answer.decode()
            assert witness.written == []
        return int(status)

    return check


@settings(max_examples=60)
@given(
    body=bodies,
    by=st.sampled_from(["", "root"]),
    where=st.sampled_from(["posts", "users", "notes", "profiles"]),
)
def test_create(send: Any, body: Mapping[str, Any], by: str, where: str) -> None:
    send("POST", f"/api/collections/{where}/records", json.dumps(body).encode(), by=by)


@settings(max_examples=60)
@given(
    body=bodies, by=st.sampled_from(["", "ann", "root"]), where=st.sampled_from(["posts", "users", "notes"])
)
def test_update(send: Any, body: Mapping[str, Any], by: str, where: str) -> None:
    send("PATCH", f"/api/collections/{where}/records/aaaaaaaaaaaaaaa", json.dumps(body).encode(), by=by)


@settings(max_examples=60)
@given(raw=raw_bodies, kind=types, method=st.sampled_from(["POST", "PATCH", "DELETE", "GET"]))
def test_bodies_that_are_none(send: Any, raw: bytes, kind: str, method: str) -> None:
    send(method, LIST if method in {"POST", "GET"} else RECORD.replace("a" * 15, "c" * 15), raw, kind)


@settings(max_examples=60)
@given(query=queries, by=st.sampled_from(["", "ann", "root"]))
def test_list(send: Any, query: Mapping[str, str], by: str) -> None:
    send("GET", target(LIST, query), by=by)


@settings(max_examples=20)
@given(
    query=queries, record=st.text(min_size=1, max_size=12), method=st.sampled_from(["GET", "PATCH", "DELETE"])
)
def test_ids_and_queries(send: Any, query: Mapping[str, str], record: str, method: str) -> None:
    path = LIST + "/" + quote(record, safe="", errors="surrogatepass")
    assert send(method, target(path, query)) in {400, 404}


@settings(max_examples=20)
@given(name=st.text(min_size=1, max_size=12), method=st.sampled_from(["GET", "POST"]))
def test_collections_that_are_none(send: Any, name: str, method: str) -> None:
    path = f"/api/collections/{quote(name, safe='', errors='surrogatepass')}/records"
    assert send(method, path, b"{}") == 404
