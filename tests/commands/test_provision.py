"""``python -m chalicelib provision``: everything that is missing is made, nothing twice."""

import pytest

from chalicelib.__main__ import main
from chalicelib.collections import load
from chalicelib.commands.provision import wait_until_active
from chalicelib.storage.engine import Engine


def test_what_is_missing_is_made_once(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["provision"]) == 0
    assert "bucket quoll-test-files" in capsys.readouterr().out
    names = {collection.name for collection in load.get_catalog()}
    assert names == {"_superusers", "_externalAuths", "_mfas", "_otps", "_authOrigins", "users"}
    assert main(["provision"]) == 0
    assert capsys.readouterr().out == "Everything is there already.\n"


def test_a_new_table_is_waited_for() -> None:
    states = iter(["CREATING", "CREATING", "ACTIVE"])
    pauses: list[float] = []
    engine = Engine("t", lambda operation, arguments: {"Table": {"TableStatus": next(states)}}, pauses.append)
    wait_until_active(engine)
    assert len(pauses) == 2
