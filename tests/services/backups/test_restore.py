"""Restoring: all of it or nothing, whoever is stopped where; what was there before goes."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.backups import restore, turn, work
from chalicelib.backups.listing import list_backups
from chalicelib.backups.turn import describe_work, find_work
from chalicelib.backups.work import go_on_with_backup, make_named, restore_named
from chalicelib.collections.create import create_collection
from chalicelib.collections.delete import delete_collection
from chalicelib.collections.load import forget, get_catalog
from chalicelib.errors import BadRequest, Overloaded
from chalicelib.files.store import Store
from chalicelib.jobs.tasks import describe_tasks, run_tasks
from chalicelib.pocketbase import import_data
from chalicelib.pocketbase.note import Note, find_note, keep_note
from chalicelib.records.create import create_record
from chalicelib.records.delete import delete_record
from chalicelib.records.update import update_record
from chalicelib.request import Upload
from chalicelib.settings.load import get_newest_settings
from chalicelib.settings.save import change_settings
from chalicelib.storage.engine import Engine
from chalicelib.storage.records import read_pages
from tests.services.backups.conftest import Follow, put
from tests.services.backups.test_moment import add, root
from tests.services.records.world import build
from tests.storage.faults import Fault, Faulty, Killed, Mortal

DOCS = {
    "name": "docs",
    "type": "base",
    "fields": [{"name": "doc", "type": "file", "maxSize": 20_000_000}, {"name": "n", "type": "number"}],
}

TITLES = {"name": "titles", "type": "view", "viewQuery": "select id, title from posts"}


def held(store: Store) -> dict[str, Any]:
    """All records by collection, the settings, and the files of records."""
    forget()
    found: dict[str, Any] = {
        each.name: [dict(record.values) for page in read_pages(each) for record in page]
        for each in get_catalog()
        if each.name != "_superusers"
    }
    files = {key: store.read(key) for key in sorted(store.list_keys("")) if not key.startswith("backups/")}
    return {**found, "settings": get_newest_settings(), "files": files}


def put_doc(content: bytes) -> str:
    upload = Upload("a.txt", "text/plain", content)
    return str(create_record("docs", root({"doc": upload, "n": len(content)}))["id"])


@pytest.fixture
def stage_of_then(stream: Follow, bucket: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What there was when ``then.zip`` was made; it has changed since in every way."""
    monkeypatch.setattr(restore, "WRITING", -2)
    build()
    create_collection(DOCS)
    create_collection(TITLES)
    made = [add(f"post {number}", count=number) for number in range(4)]
    docs = [put_doc(b"x" * size) for size in (1, 2, 9_000_000)]
    change_settings({"meta": {"appName": "Then"}, "smtp": {"password": "word"}})
    then = held(bucket)
    make_named("then.zip")
    update_record("posts", made[0], root({"title": "changed"}))
    delete_record("posts", made[1], root())
    delete_record("docs", docs[1], root())
    put_doc(b"since")
    add("since")
    delete_collection("titles")
    create_collection({**DOCS, "name": "since"})
    change_settings({"meta": {"appName": "Since"}})
    return then


def without_files(found: dict[str, Any]) -> dict[str, Any]:
    return {**without_seal(found), "files": None}


def without_seal(found: dict[str, Any]) -> dict[str, Any]:
    """What was sealed anew looks otherwise."""
    return {**found, "settings": found["settings"].meta}


def test_all_is_as_it_was(stage_of_then: dict[str, Any], bucket: Store) -> None:
    restore_named("then.zip")
    assert without_seal(held(bucket)) == without_seal(stage_of_then)
    assert find_work() is None
    assert [each.name for each in list_backups()] == ["then.zip"]
    while run_tasks(1000, 60):
        continue
    assert describe_tasks() == []
    restore_named("then.zip")
    assert without_seal(held(bucket)) == without_seal(stage_of_then)


def test_a_file_that_was_put_meanwhile_stays(
    stage_of_then: dict[str, Any], bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore, "WRITING", 0)
    time.sleep(1)  # S3 tells seconds
    former = restore._settle_files

    def put_first(*given: Any) -> None:
        time.sleep(1)
        put_doc(b"meanwhile")
        former(*given)

    monkeypatch.setattr(restore, "_settle_files", put_first)
    restore_named("then.zip")
    found = held(bucket)
    assert [record["n"] for record in found["docs"]] == [1, 2, 9_000_000, 9]
    assert b"meanwhile" in found["files"].values()
    assert b"since" not in found["files"].values()


@pytest.mark.parametrize("change", ["replaced", "deleted"])
def test_a_file_that_a_record_lets_go_of_meanwhile_is_there(
    stage_of_then: dict[str, Any], bucket: Store, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """The record as it was before, that is: as it is restored it names the file."""
    former = restore._import
    kept = stage_of_then["docs"][0]

    def let_go_first(*given: Any) -> None:
        if change == "deleted":
            delete_record("docs", kept["id"], root())
        else:
            update_record("docs", kept["id"], root({"doc": Upload("b.txt", "text/plain", b"another")}))
        former(*given)

    monkeypatch.setattr(restore, "_import", let_go_first)
    restore_named("then.zip")
    found = held(bucket)
    assert without_files(found) == without_files(stage_of_then)
    assert stage_of_then["files"].items() <= found["files"].items()


def test_files_of_a_record_that_is_removed_once_it_is_restored_stay_removed(
    stage_of_then: dict[str, Any], bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = restore._settle_files
    gone = stage_of_then["docs"][0]

    def remove_first(*given: Any) -> None:
        delete_record("docs", gone["id"], root())
        former(*given)

    monkeypatch.setattr(restore, "_settle_files", remove_first)
    restore_named("then.zip")
    files = held(bucket)["files"]
    assert not [key for key in files if gone["id"] in key]
    assert {key for key in stage_of_then["files"] if gone["id"] not in key} == files.keys()


@pytest.mark.parametrize("last", [6, 10])
def test_killed_anywhere_and_gone_on_with(
    stage_of_then: dict[str, Any],
    stage: Engine,
    bucket: Store,
    last: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until all is in use nobody sees anything of it."""
    monkeypatch.setattr(turn, "LEASE", 0)
    then, now = without_files(stage_of_then), without_files(held(bucket))
    send = stage.send
    for life in (last, 4):
        stage.send = Mortal(send, life)
        with suppress(Killed):
            go_on_with_backup() if life != last else restore_named("then.zip")
        assert life != last or stage.send.writes == last
        stage.send = send
        assert without_files(held(bucket)) in (now, then)
    assert go_on_with_backup() or not find_work()
    assert without_seal(held(bucket)) == without_seal(stage_of_then)


@pytest.mark.parametrize("operation", ["GetObject", "UploadPart"])
def test_when_s3_fails_the_tick_goes_on(stage_of_then: dict[str, Any], bucket: Store, operation: str) -> None:
    send, before = bucket.send, without_seal(held(bucket))
    bucket.send = Faulty(send, [Fault(operation, Overloaded())])
    restore_named("then.zip")
    bucket.send = send
    found = without_seal(held(bucket))
    assert {**found, "files": None} == {**before, "files": None}
    assert describe_work() == ["backup then.zip: is being restored"]
    assert go_on_with_backup()
    assert without_seal(held(bucket)) == without_seal(stage_of_then)


@pytest.mark.parametrize("seconds", [0.05])
def test_without_time_the_tick_goes_on(
    stage_of_then: dict[str, Any], bucket: Store, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(work, "REQUEST_SECONDS", seconds)
    restore_named("then.zip")
    assert go_on_with_backup()
    assert without_seal(held(bucket)) == without_seal(stage_of_then)


def test_an_import_that_is_under_way_is_not_disturbed(
    stage_of_then: dict[str, Any], bucket: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = without_seal(held(bucket))

    def find_and_begin() -> Note | None:
        note = find_note()
        keep_note(note or Note("another"))
        return note

    monkeypatch.setattr(import_data, "find_note", find_and_begin)
    with pytest.raises(BadRequest, match="An import is under way"):
        restore_named("then.zip")
    assert {**without_seal(held(bucket)), "files": 0} == {**before, "files": 0}
    assert find_work() is None


def test_missing(stream: Follow, bucket: Store) -> None:
    with pytest.raises(BadRequest, match="Missing or invalid backup file"):
        restore_named("none.zip")
    assert find_work() is None


def test_dates_are_utc(bucket: Store) -> None:
    put(bucket, "then.zip", b"")
    (found,) = list_backups()
    assert abs((datetime.now(UTC) - found.modified).total_seconds()) < 60
