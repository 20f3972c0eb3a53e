"""Zips that are none, or mean harm: a clear 400, nothing changed, nothing left to do."""

import io
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chalicelib.backups import opened
from chalicelib.backups.turn import find_work
from chalicelib.backups.work import make_named, restore_named
from chalicelib.errors import BadRequest
from chalicelib.files.store import Store
from chalicelib.storage.engine import Engine
from tests.services.backups.conftest import Follow, pack, put, unpack
from tests.services.backups.test_restore import held
from tests.services.records.world import build

Zip = Callable[[Path], bytes]


def zipped(**files: bytes) -> Zip:
    def make(folder: Path) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return made.getvalue()

    return make


def beside(name: str) -> Zip:
    def make(folder: Path) -> bytes:
        (folder / "data.db").read_bytes()
        return zipped(**{"data.db": (folder / "data.db").read_bytes(), name: b"evil"})(folder)

    return make


def changed(*statements: str) -> Zip:
    def make(folder: Path) -> bytes:
        with closing(sqlite3.connect(folder / "data.db")) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()
        return pack(folder)

    return make


def cut(folder: Path) -> bytes:
    return pack(folder)[:-30]


def flipped(folder: Path) -> bytes:
    content = bytearray(pack(folder))
    for place in range(2000, 2100):
        content[place] ^= 0xFF
    return bytes(content)


def broken(folder: Path) -> bytes:
    content = bytearray((folder / "data.db").read_bytes())
    content[4096:12288] = b"\xff" * 8192
    (folder / "data.db").write_bytes(content)
    return pack(folder)


LYING_END = b"PK\x05\x06" + b"\0" * 8 + b"\xff\xff\xff\x7f" + b"\0" * 6
FTS = "CREATE VIRTUAL TABLE `tags` USING fts5(id)"
ENDLESS = (
    "CREATE VIEW `tags` AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n"
)
HOSTILE: dict[str, tuple[Zip, str]] = {
    "empty": (lambda folder: b"", "damaged or no zip"),
    "text": (lambda folder: b"hello" * 100, "damaged or no zip"),
    "an end alone": (lambda folder: b"PK\x05\x06" + b"\0" * 18, "no data.db"),
    "an end that lies": (lambda folder: LYING_END, "directory is"),
    "cut off": (cut, "damaged or no zip"),
    "flipped bits": (flipped, "damaged or no zip"),
    "no database": (zipped(**{"other.db": b"x"}), "no data.db"),
    "a database that is none": (zipped(**{"data.db": b"hello" * 1000}), "cannot be read"),
    "an empty database": (zipped(**{"data.db": b""}), "no database of PocketBase"),
    "a damaged database": (broken, "cannot be read"),
    "climbs": (beside("../../evil"), "leads out of it"),
    "climbs within": (beside("storage/a/../../evil"), "leads out of it"),
    "absolute": (beside("/etc/passwd"), "leads out of it"),
    "back slashes": (beside("storage\\..\\evil"), "leads out of it"),
    "an endless view": (changed("DROP TABLE `tags`", ENDLESS), "no plain table"),
    "a computed column": (
        changed("ALTER TABLE `tags` ADD COLUMN x GENERATED ALWAYS AS (hex(zeroblob(1000000000)))"),
        "no plain table",
    ),
    "a virtual table": (changed("DROP TABLE `tags`", FTS), "no plain table"),
    "a table is missing": (changed("DROP TABLE `tags`"), "no plain table"),
    "definitions that are none": (changed("UPDATE _collections SET fields = '{'"), "cannot be read"),
    "fields that are none": (changed("UPDATE _collections SET fields = '[1]'"), "restored whole"),
    "nested without end": (
        changed(f"UPDATE _collections SET options = '{'[' * 100_000}'"),
        "cannot be read",
    ),
    "no superusers": (changed("DELETE FROM _collections WHERE name = '_superusers'"), "restored whole"),
    "settings that are none": (changed("UPDATE _params SET value = '[1]' WHERE id = 'settings'"), ""),
    "encrypted settings": (changed("UPDATE _params SET value = 'AAAA' WHERE id = 'settings'"), "encrypted"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folders() -> dict[str, bytes]:
    return {}


@pytest.fixture
def folder(stream: Follow, bucket: Store, folders: dict[str, bytes], tmp_path: Path) -> Path:
    """A backup's data directory, of the stage as it is."""
    if not folders:
        build()
        make_named("good.zip")
        folders["good"] = bucket.read("backups/good.zip")
    put(bucket, "good.zip", folders["good"])
    return unpack("good.zip", tmp_path / "data")


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile(folder: Path, bucket: Store, stage: Engine, case: str) -> None:
    make, told = HOSTILE[case]
    put(bucket, "evil.zip", make(folder))
    before = held(bucket)
    with pytest.raises(BadRequest) as refused:
        restore_named("evil.zip")
    assert told in refused.value.message
    assert held(bucket) == before
    assert find_work() is None


@pytest.mark.parametrize(
    ("limit", "value", "told"),
    [
        ("LARGEST_DATABASE", 1000, "database is too large"),
        ("LARGEST_FILES", 3, "files are too large"),
        ("LARGEST_DIRECTORY", 10, "directory is too large"),
        ("MOST_COLLECTIONS", 3, "collections: one transaction"),
    ],
)
def test_limits(
    folder: Path, bucket: Store, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, told: str
) -> None:
    put(bucket, "evil.zip", beside("storage/a/b/c.txt")(folder))
    monkeypatch.setattr(opened, limit, value)
    with pytest.raises(BadRequest, match=told):
        restore_named("evil.zip")


def test_triggers_do_nothing(folder: Path, bucket: Store) -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON `tags` BEGIN DELETE FROM _collections; END"
    put(bucket, "odd.zip", changed(trigger)(folder))
    restore_named("odd.zip")
    assert {"tags", "posts", "users", "_superusers"} <= held(bucket).keys() | {"_superusers"}


def test_a_view_that_cannot_be_does_not_keep_the_records_away(folder: Path, bucket: Store) -> None:
    view = (
        "INSERT INTO _collections (id, name, type, options)"
        " VALUES ('{0}_id', '{0}', 'view', '{{\"viewQuery\": \"select id from {1}\"}}')"
    )
    put(bucket, "odd.zip", changed(view.format("lost", "gone"), view.format("kept", "tags"))(folder))
    restore_named("odd.zip")
    assert {"tags", "kept"} <= held(bucket).keys()
    assert "lost" not in held(bucket)


def test_files_go_nowhere_but_to_records(folder: Path, bucket: Store) -> None:
    names = ("storage/backups/a/x.zip", "storage/uploads/a/b", "storage/nobody/a/b.txt", "storage/tags_id/x")
    files = dict.fromkeys(names, b"x") | {"storage/tags_id/r/f.txt": b"kept"}
    named = dict.fromkeys(("storage/tags_id/r/f.txt.attrs", "storage/tags_id/r/g.attrs"), b"{}")
    content = zipped(**{"data.db": (folder / "data.db").read_bytes()}, **files, **named)(folder)
    put(bucket, "odd.zip", content)
    restore_named("odd.zip")
    backups = ["backups/good.zip", "backups/odd.zip"]
    assert sorted(bucket.list_keys("")) == [*backups, "tags_id/r/f.txt", "tags_id/r/g.attrs"]
