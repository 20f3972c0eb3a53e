"""Exporting: cut off and gone on with, what is in the way, what cannot be carried, several shards."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chalicelib.collections.create import create_collection
from chalicelib.collections.load import get_collection
from chalicelib.files.store import Store
from chalicelib.pocketbase.data_folder import open_data
from chalicelib.pocketbase.export_data import ExportRefused, export_data
from chalicelib.records.create import create_record
from chalicelib.request import RequestInfo
from chalicelib.schema.record import Record
from chalicelib.settings.save import change_settings
from chalicelib.storage import secrets
from chalicelib.storage.engine import Engine
from tests.services.pocketbase.conftest import Bring
from tests.services.pocketbase.directory import EXPRESSION, Directory
from tests.storage.faults import Killed

pytestmark = [pytest.mark.parity, pytest.mark.xdist_group("pocketbase")]


def export(folder: Path) -> list[str]:
    return export_data(folder, lambda text: None)


def create(collection: str, **values: Any) -> None:
    root = Record(get_collection("_superusers"))
    create_record(collection, RequestInfo(method="POST", body=values, auth=root))


def rows_of(folder: Path, table: str) -> list[Mapping[str, Any]]:
    with open_data(folder) as data:
        return [row for rows in data.records(table, 100) for row in rows]


def test_the_database_holds_what_pocketbase_wrote(bring: Bring, directory: Directory, tmp_path: Path) -> None:
    bring()
    export(tmp_path)
    for table in (
        "posts",
        "users",
        "clients",
        "labels",
        "_superusers",
        "_externalAuths",
        "_mfas",
        "_authOrigins",
    ):
        expected = [without_rowid(row) for row in rows_of(directory.data, table)]
        assert [without_rowid(row) for row in rows_of(tmp_path, table)] == expected


def test_definitions_and_settings_are_the_same_secrets_included(
    bring: Bring, directory: Directory, tmp_path: Path
) -> None:
    bring()
    export(tmp_path)
    with open_data(directory.data) as theirs, open_data(tmp_path) as ours:
        for one, other in zip(theirs.definitions(), ours.definitions(), strict=True):
            assert without_expressions(one) == without_expressions(other)
        assert ours.settings() == {**theirs.settings(), **with_secrets(theirs.settings())}


def without_expressions(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {**definition, "indexes": [text for text in definition["indexes"] if text != EXPRESSION]}


def with_secrets(settings: Mapping[str, Any]) -> dict[str, Any]:
    """PocketBase leaves an empty secret out."""
    backups = settings["backups"]
    return {
        "s3": {"secret": "", **settings["s3"]},
        "backups": {**backups, "s3": {"secret": "", **backups["s3"]}},
    }


def without_rowid(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "@rowid"}


def test_files_and_what_is_beside_them_are_the_same(
    bring: Bring, directory: Directory, tmp_path: Path
) -> None:
    bring()
    export(tmp_path)
    assert contents(tmp_path / "storage") == contents(directory.data / "storage")


def contents(folder: Path) -> dict[str, bytes]:
    found = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return {name: content for name, content in found.items() if "thumbs_" not in name or ".attrs" not in name}


def test_an_export_may_be_cut_off_and_started_again(
    bring: Bring, bucket: Store, tmp_path: Path, directory: Directory
) -> None:
    bring()
    send, fetched = bucket.send, []

    def dies(operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        answer = send(operation, arguments)
        if operation == "GetObject":
            fetched.append(arguments["Key"])
            if len(fetched) == 2:
                raise Killed
        return answer

    bucket.send = dies
    with pytest.raises(Killed):
        export(tmp_path)
    assert not (tmp_path / "data.db").exists()
    fetched.append("so that it lives on")
    export(tmp_path)
    assert contents(tmp_path / "storage") == contents(directory.data / "storage")
    assert not list(tmp_path.rglob("*.unfinished"))
    assert len(rows_of(tmp_path, "posts")) == 7


def test_a_directory_with_data_is_left_alone(stage: Engine, tmp_path: Path) -> None:
    (tmp_path / "data.db").write_text("mine")
    with pytest.raises(ExportRefused, match="already"):
        export(tmp_path)
    assert (tmp_path / "data.db").read_text() == "mine"


def test_what_is_not_of_an_export_is_left_alone(stage: Engine, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ExportRefused, match=r"mine\.txt already"):
        export(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_one_that_was_cut_off_while_records_were_written_starts_over(
    bring: Bring, stage: Engine, tmp_path: Path
) -> None:
    bring()
    send, asked = stage.send, []

    def dies(operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(operation)
        if asked.count("Query") == 4:
            raise Killed
        return send(operation, dict(arguments))

    stage.send = dies
    with pytest.raises(Killed):
        export(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["data.db.unfinished"]
    stage.send = send
    (tmp_path / "data.db-wal").write_text("of another")
    export(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["auxiliary.db", "data.db", "storage"]
    assert len(rows_of(tmp_path, "posts")) == 7


def test_where_nothing_can_be_written_it_says_so(stage: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportRefused, match="cannot be written"):
        export(tmp_path / "file")


def test_nobody_else_may_read_it(stage: Engine, tmp_path: Path) -> None:
    export(tmp_path)
    assert (tmp_path / "data.db").stat().st_mode & 0o077 == 0


def test_shards_come_in_insertion_order(stage: Engine, tmp_path: Path) -> None:
    create_collection(
        {"name": "hot", "fields": [{"type": "number", "name": "place"}], "quoll": {"shards": 4}}
    )
    for place in range(12):
        create("hot", place=place)
    export(tmp_path)
    assert [row["place"] for row in rows_of(tmp_path, "hot")] == list(range(12))


def test_half_characters_become_whole(stage: Engine, tmp_path: Path) -> None:
    create_collection(
        {"name": "odd", "fields": [{"type": "text", "name": "words"}, {"type": "json", "name": "data"}]}
    )
    create("odd", words="a\ud800b", data={"k": 1.5})
    export(tmp_path)
    (row,) = rows_of(tmp_path, "odd")
    assert (row["words"], row["data"]) == ("a\ufffdb", '{"k":1.5}')


def test_secrets_are_opened_and_what_cannot_be_is_told(
    stage: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings({"smtp": {"password": "open sesame"}})
    assert export(tmp_path / "one") == []
    with open_data(tmp_path / "one") as data:
        assert data.settings()["smtp"]["password"] == "open sesame"
    monkeypatch.setattr(secrets, "_read", lambda path: "another key")
    secrets._memory.read.clear()
    assert export(tmp_path / "other") == [
        "Settings: smtp.password could not be opened and is left empty: set it again."
    ]
    secrets._memory.read.clear()


def test_an_index_that_sqlite_refuses_is_told(stage: Engine, tmp_path: Path) -> None:
    """Two texts that are one to SQLite cannot both be under a unique index."""
    create_collection(
        {
            "name": "marks",
            "fields": [{"type": "text", "name": "word"}],
            "indexes": ["CREATE UNIQUE INDEX one_word ON marks (word)"],
        }
    )
    create("marks", word="a\ud800")
    create("marks", word="a\ud801")
    (told,) = export(tmp_path)
    assert told.startswith("marks: the index one_word could not be made")
    with closing(sqlite3.connect(tmp_path / "data.db")) as database:
        assert database.execute("SELECT count(*) FROM marks").fetchone() == (2,)


def test_indexes_are_made_in_pocketbases_spelling(stage: Engine, tmp_path: Path) -> None:
    """A name with a hyphen is one to PocketBase, and none to SQLite."""
    text = "CREATE INDEX by-word ON marks (word)"
    create_collection({"name": "marks", "fields": [{"type": "text", "name": "word"}], "indexes": [text]})
    assert export(tmp_path) == []
    with open_data(tmp_path) as data:
        names = [row[1] for row in data.database.execute("PRAGMA index_list(marks)")]
        assert "by-word" in names
        assert next(each["indexes"] for each in data.definitions() if each["name"] == "marks") == [text]
