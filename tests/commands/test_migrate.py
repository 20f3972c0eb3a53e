"""``python -m chalicelib migrate``: what it does and what it says."""

from pathlib import Path

import pytest

from chalicelib.__main__ import main
from chalicelib.collections.load import get_catalog
from chalicelib.commands import migrate as command
from chalicelib.config import Config
from chalicelib.migrations import written
from chalicelib.storage.engine import Engine
from chalicelib.storage.failures import Unavailable
from tests.storage.faults import Fault, Faulty

MAKE = """
from chalicelib.migrations.steps import delete_collection, save_collections

def up():
    return (save_collections({{"name": "{name}", "type": "base"}}),)

def down():
    return (delete_collection("{name}"),)
"""
FAILS = """
from chalicelib.migrations.steps import change_collection

def up():
    return (change_collection("one", {"listRule": "nope = 1"}),)

def down():
    return ()
"""


@pytest.fixture
def table(defaults: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    """Two migrations are written; what is asked of DynamoDB is noted."""
    for name in ("one", "two"):
        (tmp_path / f"000{len(name) - 2 + (name == 'two')}_make_{name}.py").write_text(MAKE.format(name=name))
    monkeypatch.setattr(written.find_migrations, "__defaults__", (tmp_path,))
    defaults.pause = lambda seconds: None
    defaults.send = faulty = Faulty(defaults.send)
    return faulty


def run(*arguments: str) -> int:
    return main(["migrate", *arguments])


def backups(table: Faulty) -> list[str]:
    return [arguments["BackupName"] for operation, arguments in table.asked if operation == "CreateBackup"]


def made() -> set[str]:
    return {each.name for each in get_catalog()} & {"one", "two"}


def test_applied_once_and_taken_back(table: Faulty, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert capsys.readouterr().out == "0001_make_one  not applied\n0002_make_two  not applied\n"
    assert run("up") == 0
    said = capsys.readouterr().out
    (backup,) = backups(table)
    assert f"Backup: {backup}\n0001_make_one\n  save collections one\n0002_make_two\n" in said
    assert said.endswith("0001_make_one, 0002_make_two: applied.\n")
    assert made() == {"one", "two"}
    assert run("up") == 0
    assert capsys.readouterr().out == "There is nothing to do.\n"
    assert len(backups(table)) == 1
    assert run("status") == 0
    assert capsys.readouterr().out.count("applied 20") == 2
    assert run("down") == 0
    assert capsys.readouterr().out.endswith("0002_make_two: taken back.\n")
    assert made() == {"one"}
    assert run("down", "--to", "0", "--no-backup") == 0
    assert made() == set()
    assert len(backups(table)) == 2


def test_up_to_a_number(table: Faulty) -> None:
    assert run("up", "--to", "1") == 0
    assert made() == {"one"}


def test_a_dry_run_writes_nothing(table: Faulty, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("up", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        "0001_make_one would be applied:",
        "  save collections one",
        "0002_make_two would be applied:",
        "  save collections two",
    ]
    assert {operation for operation, _ in table.asked} <= {"Query", "GetItem"}
    assert run("down", "--dry-run") == 0
    assert capsys.readouterr().out == "There is nothing to do.\n"


def test_without_a_backup_nothing_is_applied(table: Faulty, capsys: pytest.CaptureFixture[str]) -> None:
    table.faults.append(Fault("CreateBackup", Unavailable("AccessDeniedException: dynamodb:CreateBackup")))
    assert run("up") == 1
    assert "dynamodb:CreateBackup" in capsys.readouterr().err
    assert made() == set()
    assert run("up", "--no-backup") == 0
    assert made() == {"one", "two"}


@pytest.mark.parametrize(("states", "code"), [(["CREATING", "AVAILABLE"], 0), (["CREATING", "DELETED"], 1)])
def test_a_backup_is_waited_for(table: Faulty, states: list[str], code: int) -> None:
    def as_state(state: str) -> Fault:
        return Fault(
            "DescribeBackup",
            change=lambda _: {"BackupDescription": {"BackupDetails": {"BackupStatus": state}}},
        )

    table.faults += [as_state(state) for state in states]
    assert run("up") == code
    assert made() == ({"one", "two"} if code == 0 else set())


def test_what_fails_says_why_and_stays_unfinished(
    table: Faulty, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "0003_fails.py").write_text(FAILS)
    assert run("up") == 1
    assert "listRule: Invalid rule" in capsys.readouterr().err
    assert run("status") == 0
    assert "0003_fails  unfinished, being applied: complete steps: 0" in capsys.readouterr().out
    assert run("down") == 1
    assert "0003_fails is unfinished: first let `migrate up` finish it" in capsys.readouterr().err
    (tmp_path / "0003_fails.py").write_text(FAILS.replace("nope = 1", "id != ''"))
    assert run("up") == 0
    assert "It was left unfinished at" in capsys.readouterr().out


def test_the_embedded_aws_makes_no_backup(
    table: Faulty, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "get_config", Config)
    assert run("up") == 0
    assert "No backup: the embedded AWS keeps none." in capsys.readouterr().out
    assert backups(table) == []
