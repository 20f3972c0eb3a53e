"""``import-pocketbase`` and ``export-pocketbase``: what is typed, and what is told."""

from pathlib import Path
from typing import Any

import pytest

from chalicelib.__main__ import main
from chalicelib.files.store import Store
from chalicelib.pocketbase.note import Note, keep_note
from chalicelib.storage.engine import Engine

KEY = "0123456789abcdef0123456789abcdef"


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
    assert capsys.readouterr().out == "This directory is imported already: nothing was changed.\n"
    assert main(["import-pocketbase", str(exported), "--replace"]) == 0
    assert capsys.readouterr().out.startswith("Imported in ")


def test_refusals_are_told(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-pocketbase", str(exported)]) == 1
    assert "already" in capsys.readouterr().err
    assert main(["import-pocketbase", str(exported / "storage")]) == 1
    assert "no data directory" in capsys.readouterr().err


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
