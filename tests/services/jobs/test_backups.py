"""What the stream's function does for backups: keeps the first image, comes again when it cannot."""

from typing import Any

import pytest

from chalicelib.backups.turn import MAKE, begin
from chalicelib.jobs.backups import Read, keep_former
from chalicelib.schema.collection import Collection
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.images import find_images
from tests.storage.faults import Fault, Faulty

SINCE = 1000
SPACE = Collection(id="posts", name="posts", type="base", space="posts")


def item(title: str, blob: bytes | None = None) -> dict[str, Any]:
    kept = {"blob": {"B": blob}} if blob else {"data": {"S": f'{{"c1":"{title}"}}'}}
    return {"pk": {"S": "R#posts#a"}, "sk": {"S": "R"}, "rev": {"N": "1"}, "g1sk": {"S": "r"}, **kept}


def change(number: int, event: str, old: dict[str, Any] | None = None, second: int = SINCE) -> Read:
    return str(number), second, event, ("R#posts#a", "R"), old


@pytest.fixture
def made(engine: Engine) -> Engine:
    begin(MAKE, "a.zip", 10).keep(images="x", since=SINCE)
    return engine


def kept() -> list[Any]:
    return [image.record and image.record.unknown.get("c1") for image in find_images("x", SPACE)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([change(1, "MODIFY", item("one"), SINCE - 1)], []),
        ([change(1, "MODIFY", item("one")), change(2, "MODIFY", item("two"))], ["one"]),
        ([change(1, "INSERT"), change(2, "REMOVE", item("new"))], [None]),
        ([change(1, "REMOVE", item("one")), change(2, "INSERT")], ["one"]),
        ([change(1, "MODIFY", item("old"), SINCE - 1), change(2, "MODIFY", item("one"))], ["one"]),
    ],
    ids=["before", "twice", "created", "removed", "across"],
)
def test_the_first_is_kept(made: Engine, changes: list[Read], expected: list[Any]) -> None:
    assert keep_former(changes) == []
    assert keep_former(changes) == []  # it may come twice
    assert kept() == expected


def test_what_fails_comes_again(made: Engine) -> None:
    changes = [change(1, "MODIFY", item("one")), ("2", SINCE, "INSERT", ("K#x#1", "K"), None)]
    made.send = Faulty(made.send, [Fault("PutItem", Unavailable("gone"))])
    assert keep_former(changes) == ["1", "2"]
    assert keep_former(changes) == []
    assert kept() == ["one"]


def test_without_a_backup_nothing_is_kept(engine: Engine) -> None:
    assert keep_former([change(1, "MODIFY", item("one"))]) == []
    assert engine.calls.total == 1
    assert kept() == []
