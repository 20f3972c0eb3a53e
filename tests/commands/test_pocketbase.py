"""``import-pocketbase`` and ``export-pocketbase``: what is typed, and what is told."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chalicelib.__main__ import main
from chalicelib.files.store import Store
from chalicelib.pocketbase.note import Note, keep_note
from chalicelib.storage.engine import Engine

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports go to the current directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def exported(defaults: Engine, bucket: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A directory that was exported from a stage with nothing but the default collections."""
    assert main(["export-pocketbase", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    assert "pocketbase serve --dir" in told
    assert "password hashes" in told
    return tmp_path / "out"


def test_there_and_back(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-pocketbase", str(exported)]) == 0
    assert capsys.readouterr().out.startswith("Imported in ")
    assert main(["import-pocketbase", str(exported)]) == 0
    again = capsys.readouterr().out
    assert again.startswith("This directory is imported already: nothing was changed.\n")
    assert "Logs are not carried." in again
    assert main(["import-pocketbase", str(exported), "--replace"]) == 0
    assert capsys.readouterr().out.startswith("Imported in ")


def test_refusals_are_told(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-pocketbase", str(exported)]) == 1
    assert "already" in capsys.readouterr().err
    assert main(["import-pocketbase", str(exported / "storage")]) == 1
    assert "no data directory" in capsys.readouterr().err


def test_the_whole_report_is_kept_beside(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(exported / "data.db")) as database:
        rows = [(f"person{place:09d}", f"{place}@example.com", str(place), "no.png") for place in range(30)]
        marks = "INSERT INTO users (id, email, tokenKey, avatar) VALUES (?, ?, ?, ?)"
        database.executemany(marks, rows)
        database.commit()
    assert main(["import-pocketbase", str(exported), "--report", str(exported / "report.txt")]) == 1
    assert "within the directory" in capsys.readouterr().err
    assert main(["import-pocketbase", str(exported)]) == 0
    told = capsys.readouterr().out
    assert "... and 12 more." in told
    assert "The whole report is in pocketbase-import-report.txt." in told
    lines = (tmp_path / "pocketbase-import-report.txt").read_text().splitlines()
    assert lines[0].startswith("The directory has no superusers")
    assert lines[30] == "users: the file no.png of record person000000029 is not in the directory."
    assert main(["import-pocketbase", str(exported), "--replace", "--report", str(tmp_path)]) == 0
    assert "person000000029" in capsys.readouterr().out


def test_whole_collections_that_are_lost_end_in_an_error(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(exported / "data.db")) as database:
        database.execute("UPDATE _collections SET name = 'a_via_b' WHERE name = 'users'")
        database.execute("ALTER TABLE users RENAME TO a_via_b")
        database.execute("INSERT INTO _collections (id, name, type) VALUES ('v_id', 'v', 'view')")
        database.commit()
    assert main(["import-pocketbase", str(exported)]) == 1
    told = capsys.readouterr()
    assert "Whole collections are not carried, and their records with them: a_via_b, v." in told.err
    assert (
        told.out.index("Imported in") < told.out.index("a_via_b: the collection") < told.out.index("Logs are")
    )


def test_two_at_once_do_not_both_go_on(
    exported: Path, defaults: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    class Other:
        """`send` beside which another import begins before the first write."""

        def __init__(self) -> None:
            self.send, self.has_begun = defaults.send, False

        def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
            if operation in ("PutItem", "TransactWriteItems") and not self.has_begun:
                self.has_begun = True
                keep_note(Note("another"))
            return self.send(operation, arguments)

    defaults.send = Other()
    assert main(["import-pocketbase", str(exported)]) == 1
    assert "Another import is going on" in capsys.readouterr().err


def test_a_variable_that_is_named_holds_the_key(
    exported: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PB_KEY", KEY)
    assert main(["import-pocketbase", str(exported), "--encryption-env", "PB_KEY"]) == 0
    assert KEY not in capsys.readouterr().out
