"""The body of a batch: what is read of it, and what is wrong with it."""

from typing import Any

import pytest

from chalicelib.errors import BadRequest, TooLarge, ValidationFailed
from chalicelib.records.batch_requests import Asked
from chalicelib.request import Upload
from chalicelib.routes.batch_body import read_batch
from chalicelib.settings.model import Batch

FILE, OTHER = Upload("a.txt", "", b"a"), Upload("b.txt", "", b"b")
ONE = {"method": "POST", "url": "/x"}
FULL = {**ONE, "headers": {"A": "b"}, "body": {"doc": "a"}}
BARE, WITH_FILE = Asked("POST", "/x"), Asked("POST", "/x", {}, {"doc": FILE})
WITH_BOTH = Asked("POST", "/x", {}, {"a": [FILE, OTHER]})
SETTINGS = Batch(enabled=True, max_requests=2)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ({"requests": [ONE]}, BARE),
        ({"Requests": [{"METHOD": "POST", "Url": "/x", "BODY": None}]}, BARE),
        ({"requests": [FULL]}, Asked("POST", "/x", {"A": "b"}, {"doc": "a"})),
        ({"requests": [FULL], "requests.0.doc": FILE}, Asked("POST", "/x", {"A": "b"}, {"doc": FILE})),
        ({"requests": [ONE], "requests.0.doc": FILE}, WITH_FILE),
        ({"requests": [ONE], "requests[0].doc": FILE}, WITH_FILE),
        ({"requests": [ONE], "requests.0.doc": ["text", FILE]}, WITH_FILE),
        ({"requests": [ONE], "requests.0.doc+": FILE}, Asked("POST", "/x", {}, {"doc+": FILE})),
        ({"requests": [ONE], "requests.0.a": [FILE, OTHER]}, WITH_BOTH),
        ({"requests": [ONE], "requests.0.a": FILE, "requests[0].a": OTHER}, WITH_BOTH),
        ({"requests": [ONE], "requests.0.doc": "text"}, BARE),
        ({"requests": [{**ONE, "foo": 1, "FOO": 2}], "REQUESTS.0.A": 1, "requests.0.a": 2}, BARE),
        ({"requests": [ONE], "requests.1.doc": FILE}, BARE),
        ({"requests": [ONE], "requests.00.doc": FILE}, BARE),
        ({"requests": [ONE], "requests[0][doc]": FILE}, BARE),
        ({"requests": [ONE], "requests.99999999999999999999.doc": FILE}, BARE),
    ],
)  # fmt: skip
def test_read(body: dict[str, Any], read: Asked) -> None:
    assert read_batch(body, SETTINGS) == [read]


@pytest.mark.parametrize(
    "requests",
    [
        "x",
        1,
        True,
        {},
        {"0": ONE},
        ["x"],
        [None],
        [[]],
        [{**ONE, "method": 1}],
        [{**ONE, "url": {}, "a": 1}, 5],
        [{**ONE, "headers": {"a": 1}}],
        [{**ONE, "headers": ["a"]}],
        [{**ONE, "body": []}],
        [{**ONE, "body": "x"}],
        [{**ONE, "method": []}],
        [{**ONE, "url": 0}],
        [{**ONE, "headers": ""}],
        [{**ONE, "headers": False}],
        [{**ONE, "METHOD": "PUT"}],
    ],
)
def test_unreadable(requests: Any) -> None:
    with pytest.raises(BadRequest, match="Failed to read the submitted batch data"):
        read_batch({"requests": requests}, SETTINGS)


@pytest.mark.parametrize(
    ("requests", "problems"),
    [
        (None, "validation_required"),
        ([], "validation_required"),
        ([ONE] * 3, "validation_length_too_long"),
        ([ONE, ONE, 5], "validation_length_too_long"),
        ([{}], {"0": {"method": "validation_required", "url": "validation_required"}}),
        ([ONE, {**ONE, "method": "post"}], {"1": {"method": "validation_in_invalid"}}),
        ([{**ONE, "url": "/" + "é" * 1000}], {"0": {"url": "validation_length_too_long"}}),
    ],
)
def test_invalid(requests: Any, problems: Any) -> None:
    with pytest.raises(ValidationFailed) as caught:
        read_batch({"requests": requests}, SETTINGS)
    assert codes(caught.value.data["requests"]) == problems


def test_requests_in_two_spellings() -> None:
    with pytest.raises(BadRequest, match="Failed to read the submitted batch data"):
        read_batch({"requests": [ONE], "Requests": []}, SETTINGS)


class Counted(dict[str, Any]):
    """A body that counts how often it is gone through."""

    walks = 0

    def items(self) -> Any:
        self.walks += 1
        return super().items()


@pytest.mark.parametrize("count", [1, 2])
def test_files_are_looked_at_once_however_many_requests_there_are(count: int) -> None:
    body = Counted({"requests": [ONE] * count, **{f"requests.{n}.doc": FILE for n in range(count)}})
    assert read_batch(body, SETTINGS) == [WITH_FILE] * count
    assert body.walks == 2


def test_too_many_requests_are_not_looked_at() -> None:
    """One pass over the keys of the body, to find how many there are."""
    body = Counted({"requests": [{}] * 3, **{f"requests.{n}.doc": FILE for n in range(3)}})
    with pytest.raises(ValidationFailed):
        read_batch(body, SETTINGS)
    assert body.walks == 1


def codes(problems: Any) -> Any:
    return problems["code"] if "code" in problems else {key: codes(value) for key, value in problems.items()}


def test_a_body_that_is_too_large_is_said_to_be() -> None:
    class Large(dict[str, Any]):
        def items(self) -> Any:
            raise TooLarge

    with pytest.raises(TooLarge):
        read_batch(Large(), SETTINGS)
