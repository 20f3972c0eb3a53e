"""Making a backup: by itself and by name, cut off and gone on with, too large, without time."""

import zipfile
from pathlib import Path

import pytest

from chalicelib.backups import database, turn, work
from chalicelib.backups.listing import list_backups, remove_old
from chalicelib.backups.turn import find_work
from chalicelib.backups.work import go_on_with_backup, make_by_itself, make_named
from chalicelib.errors import BadRequest, Overloaded, ValidationFailed
from chalicelib.files.store import Store
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import Engine
from tests.services.backups.conftest import Follow, ids_in, put, unpack
from tests.services.backups.test_moment import add
from tests.services.records.world import build
from tests.storage.faults import Fault, Faulty, Killed, Mortal


@pytest.fixture
def blog(stream: Follow, bucket: Store) -> list[str]:
    build()
    return [add(f"post {number}") for number in range(5)]


def names() -> list[str]:
    return [each.name for each in list_backups()]


def test_killed_anywhere_and_gone_on_with(
    blog: list[str], stage: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is listed is complete; what is not is begun anew by the next."""
    monkeypatch.setattr(turn, "LEASE", 0)
    send = stage.send
    for last in (2, 3, 5):
        stage.send = Mortal(send, last)
        with pytest.raises(Killed):
            go_on_with_backup() if find_work() else make_named("a.zip")
        stage.send = send
        assert names() == []
    assert go_on_with_backup()
    assert names() == ["a.zip"] and find_work() is None
    assert ids_in(unpack("a.zip", tmp_path), "posts") == blog


@pytest.mark.parametrize("operation", ["PutObject", "ListObjectsV2"])
def test_when_s3_fails_the_tick_makes_it(blog: list[str], bucket: Store, operation: str) -> None:
    send = bucket.send
    bucket.send = Faulty(send, [Fault(operation, Overloaded(), times=8)])
    make_named("a.zip")
    bucket.send = send
    assert names() == []
    assert go_on_with_backup()
    assert names() == ["a.zip"]


def test_without_time_the_tick_makes_it(blog: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "REQUEST_SECONDS", 0)
    make_named("a.zip")
    assert names() == []
    with pytest.raises(BadRequest, match="another backup"):
        make_named("b.zip")
    assert go_on_with_backup()
    assert names() == ["a.zip"]


def test_given_up_after_some_tries(
    blog: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(work, "REQUEST_SECONDS", 0)
    monkeypatch.setattr(work, "TURN_SECONDS", 0)
    make_named("a.zip")
    turns = 0
    while go_on_with_backup():
        turns += 1
    assert turns == work.MOST_TRIES
    assert names() == [] and find_work() is None


def test_too_large_is_a_clear_refusal(blog: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LARGEST", 10)
    with pytest.raises(BadRequest, match="more than a backup made by a function can hold"):
        make_named("a.zip")
    assert names() == [] and find_work() is None


@pytest.mark.parametrize("name", ["", "a.zip"])
def test_names(blog: list[str], name: str, tmp_path: Path) -> None:
    make_named(name)
    (made,) = names()
    assert made == name or made.startswith("pb_backup_acme_2")
    with pytest.raises(ValidationFailed):
        make_named(made)
    with zipfile.ZipFile(Path(tmp_path, "x.zip"), "w"):
        assert (unpack(made, tmp_path) / "auxiliary.db").is_file()


def test_automatic_ones_replace_the_oldest(blog: list[str], bucket: Store) -> None:
    change_settings({"backups": {"cron": "0 0 * * *", "cronMaxKeep": 2}})
    for name in ("mine.zip", "@auto_pb_backup_acme_1.zip", "@auto_pb_backup_acme_2.zip"):
        put(bucket, name, b"")
    make_by_itself()
    assert len(names()) == 3
    make_by_itself()  # one is waiting already
    assert go_on_with_backup() and not go_on_with_backup()
    assert [name for name in names() if "_1." in name] == []
    assert len(names()) == 3 and "mine.zip" in names()
    assert remove_old(0) == []
