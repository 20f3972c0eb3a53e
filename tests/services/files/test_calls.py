"""How many calls each request about files makes, to DynamoDB and to S3: the fewest that safety allows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.files.answer import answer_file
from chalicelib.files.store import Store
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.files import show_file
from chalicelib.records.update import update_record
from chalicelib.request import RequestInfo
from chalicelib.storage.calls import current_calls
from tests.services.files.world import A, everything, png, upload
from tests.services.records.conftest import warm  # noqa: F401
from tests.services.records.world import ask

pytestmark = pytest.mark.usefixtures("warm")


@dataclass(frozen=True)
class Counted:
    """A request, and the calls that it makes. A note is a PutItem and a DeleteItem."""

    name: str
    run: Callable[[], Any]
    dynamodb: Mapping[str, int]
    s3: Mapping[str, int]

    def __str__(self) -> str:
        return self.name


def get(thumb: str = "", method: str = "GET") -> Any:
    (paper,) = everything()
    current_calls().reset()
    request = RequestInfo(method=method, query={"thumb": thumb} if thumb else {})
    return answer_file(show_file("papers", A, paper.get("many")[0], request), request)


def get_twice() -> Any:
    get("20x10")
    return get("20x10")


CASES = [
    Counted(
        "create with a file",
        lambda: create_record("papers", ask(body={"one": upload()})),
        {"PutItem": 2, "DeleteItem": 1},
        {"PutObject": 1},
    ),
    Counted(
        "create without",
        lambda: create_record("papers", ask(body={"title": ""})),
        {"PutItem": 1},
        {},
    ),
    Counted(
        "replace a file",
        lambda: update_record("papers", A, ask(body={"many": upload()})),
        {"GetItem": 1, "PutItem": 2, "DeleteItem": 1},
        {"PutObject": 1, "DeleteObjects": 1, "ListObjectsV2": 1},
    ),
    Counted(
        "change something else",
        lambda: update_record("papers", A, ask(body={"title": ""})),
        {"GetItem": 1, "PutItem": 1},
        {},
    ),
    Counted(
        "delete with its files",
        lambda: delete_record("papers", A, ask()),
        {"GetItem": 1, "Query": 1, "PutItem": 1, "DeleteItem": 2},
        {"DeleteObjects": 1, "ListObjectsV2": 1},
    ),
    Counted("download", get, {"GetItem": 1}, {"HeadObject": 1, "GetObject": 1}),
    Counted("ask about it", lambda: get(method="HEAD"), {"GetItem": 1}, {"HeadObject": 1}),
    Counted(
        "a thumb, first time",
        lambda: get("20x10"),
        {"GetItem": 1},
        {"HeadObject": 3, "GetObject": 1, "PutObject": 1},
    ),
    Counted("a thumb, second time", get_twice, {"GetItem": 1}, {"HeadObject": 1, "GetObject": 1}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_calls(case: Counted, archive: Store) -> None:
    files = [upload("a.png", png()), upload("b.txt"), upload("c.txt")]
    create_record("papers", ask(body={"id": A, "many": files}))
    current_calls().reset()
    case.run()
    calls = current_calls()
    assert (dict(calls.by_operation), dict(calls.s3)) == (case.dynamodb, case.s3)
