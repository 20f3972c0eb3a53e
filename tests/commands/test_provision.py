"""``python -m chalicelib provision``: says what it does, does it once, and goes on after deploying."""

from pathlib import Path

import pytest

from chalicelib.__main__ import main
from chalicelib.collections import load
from chalicelib.commands import provision
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
