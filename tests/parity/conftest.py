"""Both servers, started once for all parity tests, and the count of what was compared."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parity.run import Outcome, summarize
from tests.servers import Server, pocketbase, quoll

_played = pytest.StashKey[list[Outcome]]()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pocketbase(tmp_path_factory.mktemp("real")) as server:
        yield server


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with quoll(tmp_path_factory.mktemp("quoll")) as server:
        yield server


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two copies of the real server, of their own: nothing was played on them before."""
    folder = tmp_path_factory.mktemp("twins")
    with pocketbase(Path(folder, "one")) as one, pocketbase(Path(folder, "other")) as other:
        yield one, other


@pytest.fixture(scope="session")
def played(pytestconfig: pytest.Config) -> list[Outcome]:
    """What was compared with Quoll so far."""
    return pytestconfig.stash.setdefault(_played, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if outcomes := config.stash.get(_played, []):
        terminalreporter.write_line(f"parity: {summarize(outcomes)}")
