"""A backup is of one moment, whoever writes while it is made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.backups import database, moment
from chalicelib.backups.listing import list_backups, remove_backup
from chalicelib.backups.turn import find_work
from chalicelib.backups.work import go_on_with_backup, make_named, restore_named
from chalicelib.collections.load import get_collection
from chalicelib.errors import BadRequest
from chalicelib.files.store import Store
from chalicelib.jobs.record_stream import follow_changes
from chalicelib.pocketbase import portions
from chalicelib.pocketbase.data_folder import open_data
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.update import update_record
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.storage import images
from chalicelib.storage.engine import Engine, get_engine
from chalicelib.storage.failures import Unavailable
from chalicelib.storage.images import count_marks, put_marks
from chalicelib.storage.streams import Reading
from tests.conftest import _table
from tests.services.backups.conftest import Follow, told_by, unpack
from tests.services.records.world import build
from tests.storage.faults import Fault, Faulty

LARGE = "x" * 20_000


def root(body: Any = None) -> RequestInfo:
    return RequestInfo(method="POST", body=body or {}, auth=Record(get_collection("_superusers")))


def add(title: str, **values: Any) -> str:
    return str(create_record("posts", root({"title": title, **values}))["id"])


def rows(name: str, folder: Path) -> list[tuple[str, str, int]]:
    with open_data(unpack(name, folder)) as data:
        found = [row for rows in data.records("posts", 100) for row in rows]
    return [(row["id"], row["title"], row["count"]) for row in found]


@pytest.fixture
def blog(stream: Follow, bucket: Store) -> Follow:
    build()
    return stream


def between(monkeypatch: pytest.MonkeyPatch, where: str, work: Callable[[], None]) -> None:
    """Let something happen when a part of the making has begun."""
    former = getattr(database.Readings, where)

    def first(self: database.Readings, *given: Any) -> Any:
        work()
        return former(self, *given)

    monkeypatch.setattr(database.Readings, where, first)


@pytest.mark.parametrize("when", ["before", "after"], ids=["unread", "read"])
def test_what_changes_meanwhile_is_as_it_was(
    blog: Follow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, when: str
) -> None:
    """Before records are read, and after: changed, removed, created, created and removed, changed twice."""
    made = [add(f"post {number}", count=number) for number in range(5)]
    large = add("large", data=LARGE)

    def disturb() -> None:
        update_record("posts", made[1], root({"title": "changed"}))
        update_record("posts", made[1], root({"title": "again"}))
        delete_record("posts", made[3], root())
        update_record("posts", large, root({"title": "short", "data": 1}))
        add("new")
        delete_record("posts", add("gone"), root())

    if when == "before":
        between(monkeypatch, "read_all", disturb)
    else:
        former = moment.put_marks
        monkeypatch.setattr(moment, "put_marks", lambda name: (disturb(), former(name))[1])
    make_named("b.zip")
    expected = [(each, f"post {number}", number) for number, each in enumerate(made)]
    assert rows("b.zip", tmp_path) == [*expected, (large, "large", 0)]
    with open_data(tmp_path) as data:
        assert [row["data"] for found in data.records("posts", 9) for row in found][-1] == f'"{LARGE}"'
    assert find_work() is None


def test_a_writer_beside(blog: Follow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the backup has is what there was at one moment."""
    accounts = [add(f"account {number}", count=100) for number in range(6)]
    noted: list[dict[str, int]] = [dict.fromkeys(accounts, 100)]

    def move() -> None:
        for each in accounts[:4]:
            noted.append({**noted[-1], each: 1000 + len(noted)})
            update_record("posts", each, root({"count": noted[-1][each]}))

    pause = get_engine().pause

    def pause_and_move(seconds: float) -> None:
        move()
        pause(seconds)
        move()

    get_engine().pause = pause_and_move
    monkeypatch.setattr(portions, "PORTION", 1)
    monkeypatch.setattr(portions, "Reading", lambda collection: Reading(collection, first=1))
    former = database.Readings.put
    monkeypatch.setattr(database.Readings, "put", lambda self, *given: (move(), former(self, *given))[1])
    make_named("b.zip")
    assert len(noted) > 12
    assert {each: count for each, _, count in rows("b.zip", tmp_path)} in noted


def test_what_cannot_be_kept_comes_again(
    blog: Follow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = add("first")
    engine = get_engine()

    def disturb() -> None:
        update_record("posts", made, root({"title": "changed"}))
        moto = engine.send
        engine.send = Faulty(moto, [Fault("Query", Unavailable("gone"))])
        with pytest.raises(AssertionError, match="itemIdentifier"):
            blog()
        engine.send = moto
        follow_again()

    def follow_again() -> None:
        told = [told_by(each.record) for each in _table().stream_shard.items]
        assert follow_changes(told) == {"batchItemFailures": []}

    between(monkeypatch, "read_all", disturb)
    make_named("b.zip")
    assert [title for _, title, _ in rows("b.zip", tmp_path)] == ["first"]


def test_without_a_stream_records_are_of_when_they_are_read(
    stage: Engine, bucket: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build()
    monkeypatch.setattr(moment, "MOST_SECONDS_SILENT", 0)
    made = add("first")
    between(
        monkeypatch, "read_all", lambda: update_record("posts", made, root({"title": "changed"})) and None
    )
    make_named("b.zip")
    assert [title for _, title, _ in rows("b.zip", tmp_path)] == ["changed"]


def test_no_backup_costs_one_question(blog: Follow) -> None:
    add("one")
    engine = get_engine()
    asked: list[tuple[str, dict[str, Any]]] = []
    engine.send = Faulty(engine.send, asked=asked)
    blog()
    backups = [call for _, call in asked if "T#backup" in str(call)]
    assert len(backups) == 1


def test_marks_come_out_of_the_stream(blog: Follow) -> None:
    put_marks("x")
    assert count_marks("x") == images.MARKS
    blog()
    assert count_marks("x") == 0


def test_one_at_a_time(blog: Follow, monkeypatch: pytest.MonkeyPatch) -> None:
    make_named("first.zip")

    def disturb() -> None:
        for work in (make_named, restore_named):
            with pytest.raises(BadRequest, match="another backup/restore process"):
                work("first.zip" if work is restore_named else "other.zip")
        with pytest.raises(BadRequest, match="being used"):
            remove_backup("b.zip")
        remove_backup("first.zip")
        assert go_on_with_backup() is False

    between(monkeypatch, "read_all", disturb)
    make_named("b.zip")
    assert [each.name for each in list_backups()] == ["b.zip"]
