"""What a request of a batch is about."""

import pytest

from chalicelib.records.batch_requests import Asked, read_target
from chalicelib.request import RequestInfo

NOTES = "/api/collections/notes/records"
OUTER = RequestInfo(headers={"authorization": "mine", "x_a": "outer"}, ip="1.2.3.4")


def test_who_asks_is_said_by_the_batch_alone() -> None:
    given = {"Authorization": "another", "AUTHORIZATION": "third", "X-A": "own", "Content-Type": "text/plain"}
    target = read_target(Asked("POST", NOTES, given), OUTER)
    assert target is not None
    assert target.request.headers == {
        "authorization": "mine",
        "x_a": "own",
        "content_type": "multipart/form-data",
    }


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("", {}),
        ("?a=1&a=2&b=%3b", {"a": "1", "b": ";"}),
        ("?a=1#b", {"a": "1"}),
        ("?a=1#;&b=2", {"a": "1"}),
        ("?a=b c+d", {"a": "b c d"}),
    ],
)
def test_queries(query: str, read: dict[str, str]) -> None:
    target = read_target(Asked("POST", NOTES + query), OUTER)
    assert target is not None and target.request.query == read


@pytest.mark.parametrize(
    "url",
    [
        "/api/notes",
        f"{NOTES}/",
        f"{NOTES}#a",
        f"{NOTES}?a=1;b=2",
        f"{NOTES}?;",
        f"{NOTES}?a=%z",
        f"{NOTES}?a#%z",
        f"{NOTES}?a=\x01",
        f"{NOTES}?a=1\n",
        f"{NOTES}?a=\x7f",
        f"{NOTES}\n",
    ],
)
def test_what_is_nothing_that_batches_can_do(url: str) -> None:
    assert read_target(Asked("POST", url), OUTER) is None
