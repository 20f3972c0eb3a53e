"""How far migrations have come, kept so that one runner at a time goes on."""

from dataclasses import replace

import pytest

from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.migrations import (
    DOWN,
    Overtaken,
    Progress,
    find_progress,
    remove_progress,
    save_progress,
)
from tests.storage.faults import Fault, Faulty

LOST = Unavailable("the answer got lost")


def begun() -> Progress:
    return save_progress(Progress("0001_a", runner="me"))


def as_repeated(engine: Engine, operation: str) -> None:
    """A write is done, its answer gets lost, and below us it is repeated: it meets itself."""
    send = engine.send

    def twice(asked, arguments):
        if asked == operation:
            engine.send = send
            send(asked, arguments)
        return send(asked, arguments)

    engine.send = twice


def test_kept_whole(engine: Engine) -> None:
    progress = Progress(
        "0001_a",
        DOWN,
        done=("x", "y"),
        place=(3, "abc"),
        records=7,
        backup="b",
        runner="me",
        is_finished=True,
    )
    saved = save_progress(progress)
    assert find_progress() == {"0001_a": saved}
    assert saved == replace(progress, rev=1, at=saved.at)
    assert saved.at.endswith("Z")
    assert save_progress(replace(saved, records=8)).rev == 2


def test_only_one_begins(engine: Engine) -> None:
    begun()
    with pytest.raises(Overtaken, match="0001_a"):
        save_progress(Progress("0001_a", runner="other"))


def test_who_was_overtaken_cannot_go_on(engine: Engine) -> None:
    mine = begun()
    theirs = save_progress(replace(mine, runner="other"))
    for go_on in (save_progress, remove_progress):
        with pytest.raises(Overtaken):
            go_on(mine)
    assert find_progress() == {"0001_a": theirs}
    remove_progress(theirs)
    assert find_progress() == {}


@pytest.mark.parametrize("is_new", [True, False])
def test_a_write_that_meets_itself_is_done(engine: Engine, is_new: bool) -> None:
    progress = Progress("0001_a", runner="me") if is_new else begun()
    as_repeated(engine, "PutItem")
    saved = save_progress(progress)
    assert find_progress() == {"0001_a": saved}


def test_a_removal_that_meets_itself_is_done(engine: Engine) -> None:
    progress = begun()
    as_repeated(engine, "DeleteItem")
    remove_progress(progress)
    assert find_progress() == {}


@pytest.mark.parametrize("done_anyway", [True, False])
def test_what_cannot_be_written_is_told(engine: Engine, done_anyway: bool) -> None:
    engine.send = Faulty(engine.send, [Fault("PutItem", LOST, done_anyway=done_anyway)])
    with pytest.raises(Unavailable):
        begun()
    assert len(find_progress()) == done_anyway
