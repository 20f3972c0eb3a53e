"""``python -m chalicelib tasks``: what is left to do is shown, and done."""

import pytest

from chalicelib.__main__ import main
from chalicelib.collections import backfill, small
from chalicelib.collections.create import create_collection
from chalicelib.collections.update import update_collection
from chalicelib.collections.view import view_collection
from chalicelib.commands import tasks
from chalicelib.jobs import tasks as jobs
from chalicelib.storage.engine import Engine
from chalicelib.storage.tasks import TaskKind
from tests.services.collections.stored import store


@pytest.fixture
def unfinished(defaults: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection with an index that is too much for one request."""
    monkeypatch.setattr(small, "MAX_AT_ONCE", 2)
    monkeypatch.setattr(backfill, "PORTION", 2)
    create_collection({"name": "posts", "fields": [{"name": "a", "type": "text"}]})
    for n in range(5):
        store("posts", f"record{n:09}", a=f"a{n}")
    update_collection("posts", {"indexes": ["CREATE INDEX on_a ON posts (a)"]})


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["tasks", *arguments]) == 0
    return capsys.readouterr().out.strip()


@pytest.mark.usefixtures("unfinished")
def test_unfinished_work_is_shown_and_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys) == "posts: building on_a; 0 records done"
    backfill.run_some(2)
    assert said(capsys, "show") == "posts: building on_a; 2 records done"
    told = said(capsys, "run").splitlines()
    assert (told[0], told[-1]) == (
        "posts: building on_a; 2 records done",
        "Done: 3 records written again or removed.",
    )
    assert "quoll" not in view_collection("posts")
    assert said(capsys) == "Nothing is left to do."
    assert said(capsys, "run") == "Nothing is left to do."


@pytest.mark.usefixtures("defaults")
def test_what_never_gets_on_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stuck = TaskKind("stuck", lambda limit: 0, lambda: ["posts: building on_a; 2 records done"])
    monkeypatch.setattr(jobs, "TASKS", {"stuck": stuck})
    monkeypatch.setattr(tasks, "PATIENCE_MILLISECONDS", -1)
    assert main(["tasks", "run"]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == ["posts: building on_a; 2 records done"]
    assert "This cannot go on" in told.err
