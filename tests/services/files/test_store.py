"""The bucket, and what S3's answers mean."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import Overloaded
from chalicelib.files.store import Missing, Source, Store
from tests.storage.faults import Fault, Faulty

ORIGINALS = {
    "plain.txt": "plain.txt",
    "é😀.txt": "&#233;&#128512;.txt",
    "a\r\nx-amz-acl: public-read": "a??x-amz-acl: public-read",
    "x" * 5000: "x" * 1000,
    " ": None,
    "": None,
}


@pytest.mark.parametrize("original", ORIGINALS, ids=ascii)
def test_original_names_fit_into_a_header(bucket: Store, original: str) -> None:
    asked: list[Any] = []
    bucket.send = Faulty(bucket.send, asked=asked)
    bucket.put("k", b"1", "text/plain", original)
    bucket.copy(Source("k", bucket.find("k").etag), "l", "text/plain", original)  # type: ignore[union-attr]
    told = [
        arguments["Metadata"].get("original-filename") for _, arguments in asked if "Metadata" in arguments
    ]
    assert told == [ORIGINALS[original]] * 2


def test_all_keys_are_listed_and_removed(bucket: Store) -> None:
    """However many: S3 tells of a thousand at a time, and removes as many."""
    for number in range(1005):
        bucket.put(f"a/{number}", b"", "text/plain")
    bucket.put("b/1", b"", "text/plain")
    asked: list[Any] = []
    bucket.send = Faulty(bucket.send, asked=asked)
    bucket.remove(list(bucket.list_keys("a/")))
    assert list(bucket.list_keys("")) == ["b/1"]
    operations = [operation for operation, _ in asked]
    assert operations[:4] == ["ListObjectsV2", "ListObjectsV2", "DeleteObjects", "DeleteObjects"]


def test_nothing_is_asked_about_nothing(bucket: Store) -> None:
    bucket.send = Faulty(bucket.send, [Fault("DeleteObjects", AssertionError())])
    bucket.remove([])


def test_what_could_not_be_removed_is_told(bucket: Store) -> None:
    def told(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "Errors": [{"Key": "k", "Code": "InternalError"}]}

    bucket.send = Faulty(bucket.send, [Fault("DeleteObjects", change=told)])
    with pytest.raises(Overloaded):
        bucket.remove(["k"])


@pytest.mark.parametrize(
    "read", [lambda store: store.read("nope"), lambda store: store.read_of(Source("nope", '"x"'), 5)]
)
def test_missing(bucket: Store, read: Callable[[Store], object]) -> None:
    assert bucket.find("nope") is None
    with pytest.raises(Missing):
        read(bucket)


def test_another_version_is_missing(bucket: Store) -> None:
    bucket.put("k", b"12345", "text/plain")
    held = bucket.find("k")
    assert held
    assert bucket.read_of(Source("k", held.etag), 2) == b"123"
    with pytest.raises(Missing):
        bucket.read_of(Source("k", '"another"'), 2)
