"""``python -m chalicelib provision``: says what it does, does it once, and goes on after deploying."""

from pathlib import Path

import pytest

from chalicelib.__main__ import main
from chalicelib.collections import load
from chalicelib.commands import provision
from chalicelib.deploy.stages import NO_REGION
from chalicelib.storage.engine import Engine
from chalicelib.storage.secrets import SecretMissing, get_secret


def test_the_command_makes_what_is_missing_once(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["provision", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "would make bucket quoll-test-files" in shown
    assert main(["provision"]) == 0
    said = capsys.readouterr().out
    assert "make bucket quoll-test-files" in said
    assert "chalice deploy --stage test" in said
    assert [line.removeprefix("would ") for line in shown.splitlines() if line.startswith("would ")] == [
        line.partition("] ")[2] for line in said.splitlines() if line.startswith("[")
    ]
    found = {collection.name for collection in load.get_catalog()}
    assert found == {"_superusers", "_externalAuths", "_mfas", "_otps", "_authOrigins", "users"}
    assert main(["provision"]) == 0
    assert capsys.readouterr().out.startswith(provision.NOTHING)
    key = get_secret("settings-key")
    assert len(key) == 50
    assert key not in said
    with pytest.raises(SecretMissing, match="/quoll/test/of-nobody"):
        get_secret("of-nobody")


def test_the_command_goes_on_after_deploying(
    defaults: Engine, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test.json").write_text('{"resources": []}')
    monkeypatch.setattr("chalicelib.commands.provision.FOLDER", tmp_path)
    assert main(["provision"]) == 0
    said = capsys.readouterr().out
    assert "set the alarm quoll-test-failed" in said
    assert "Next" not in said
    assert main(["provision", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith(provision.NOTHING)


def test_without_a_region_nothing_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """None but the one that is meant: us-east-1 by default would be somebody's second stage."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    assert main(["provision", "--dry-run"]) == 2
    assert capsys.readouterr() == ("", f"{NO_REGION}\n")


def test_stages_that_share_a_table_are_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = {"dev": {"QUOLL_TABLE": "one"}, "staging": {"QUOLL_TABLE": "one"}}
    monkeypatch.setattr("chalicelib.commands.provision.read_stages", lambda: stages)
    assert main(["provision"]) == 2
    assert capsys.readouterr().err.startswith("Stages dev and staging share the table one: give each its own")
