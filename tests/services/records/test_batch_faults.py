"""Batches that others get in the way of, and batches on a database that fails: all of one, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.errors import BadRequest, Overloaded
from chalicelib.records.batch import run_batch
from chalicelib.records.update import update_record
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Busy, StorageFailure, Unavailable
from tests.services.records.batches import A, B, C, delete, patch, post, refusal, run, stored
from tests.services.records.world import add, ask
from tests.storage.faults import Fault, Faulty


def test_it_takes_no_longer_than_it_may(blog: Engine) -> None:
    with pytest.raises(BadRequest, match=r"^Batch transaction failed\.$"):
        run_batch([post("authors", id=A, name="x")], ask(), 0)
    assert stored()["authors"] == {}


def test_nor_when_time_runs_out_while_the_last_is_decided_on(
    blog: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, stopwatch, late = blog.send, clock.stopwatch, [0]

    def slow(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        late[0] += 40_000 * (operation == "GetItem")
        return send(operation, arguments)

    monkeypatch.setattr(clock, "stopwatch", lambda: stopwatch() + late[0])
    blog.send = slow
    with pytest.raises(BadRequest, match=r"^Batch transaction failed\.$"):
        run(post("tags", name="x"))
    blog.send = send
    assert stored()["tags"] == {}


def interrupt(engine: Engine, *others: Callable[[], Any]) -> None:
    """Let others write, one before each transaction."""
    send, waiting = engine.send, list(others)

    def interrupted(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems" and waiting:
            waiting.pop()()
        return send(operation, arguments)

    engine.send = interrupted


def test_batches_at_once_lose_nothing(blog: Engine) -> None:
    add("posts", id=A, title="a", count=0)
    add("posts", id=B, title="b", count=0)

    def count(first: str, second: str) -> Any:
        return run(patch("posts", first, **{"count+": 1}), patch("posts", second, **{"count+": 1}))

    interrupt(blog, lambda: count(B, A), lambda: count(A, B), lambda: count(B, A))
    count(A, B)
    assert [values["count"] for _, values in stored()["posts"].values()] == [4, 4]


def test_a_value_that_was_taken_meanwhile_is_refused(blog: Engine) -> None:
    """Somebody takes it after it was found free: all is decided on again."""
    interrupt(blog, lambda: add("tags", id=B, name="x"))
    assert refusal(post("authors", name="x"), post("tags", name="x"))[0] == "1"
    assert (len(stored()["authors"]), len(stored()["tags"])) == (0, 1)


def test_who_starts_over_is_counted_once(blog: Engine) -> None:
    rule = {"label": "/api/", "duration": 80_000, "maxRequests": 2}
    change_settings({"rateLimits": {"enabled": True, "rules": [rule]}})
    add("posts", id=A, title="a", count=0)
    interrupt(blog, lambda: update_record("posts", A, ask(body={"count+": 1})))
    run(patch("posts", A, **{"count+": 1}), post("tags", name="x"))
    assert [values["count"] for _, values in stored()["posts"].values()] == [2]
    assert len(run(post("tags", name="v"))) == 1
    assert refusal(post("tags", name="w"))[1]["status"] == 429


ALL = (
    post("authors", id=A, name="a"),
    post("tags", name="x"),
    patch("posts", C, author=A),
    delete("notes", C),
)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("operation", ["TransactWriteItems", "GetItem", "Query", "BatchGetItem"])
@pytest.mark.parametrize("error", [Busy("slow down"), Unavailable("gone")])
def test_a_database_that_does_not_come_back_changes_nothing(
    blog: Engine, operation: str, error: StorageFailure
) -> None:
    several = (*ALL, patch("posts", C, tags=[C]), delete("authors", B))
    add("posts", id=C, title="p")
    add("tags", id=C, name="c")
    add("notes", id=C, name="ok")
    add("authors", id=B, name="b")
    before, send = stored(), blog.send
    blog.send = Faulty(send, [Fault(operation, error, times=1000)])
    with pytest.raises((StorageFailure, Overloaded)):
        run(*several)
    blog.send = Faulty(send, [Fault(operation, Busy("slow down"), times=2)])
    assert stored() == before
    assert len(run(*several)) == 6
