"""Quoll answers what the real PocketBase answers, file by file of cases."""

import os
from pathlib import Path

import pytest

from tests.parity.cases import FOLDER, read_cases
from tests.parity.known import read_known
from tests.parity.run import Outcome, play_file, report
from tests.servers import Server

FILES = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parity
@pytest.mark.xdist_group("parity")  # one pair of servers, whatever the number of workers
@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_quoll_answers_as_pocketbase_does(
    path: Path, real: Server, ours: Server, played: list[Outcome]
) -> None:
    outcomes = play_file(path, (real, ours), read_known())
    played += outcomes
    failing = [outcome for outcome in outcomes if outcome.fault]
    assert not failing, f"{len(failing)} of {len(outcomes)} fail\n\n{report(outcomes)}"


@pytest.mark.parity
@pytest.mark.xdist_group("twins")
@pytest.mark.by_hand
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_real_server_does_not_differ_from_itself(path: Path, twins: tuple[Server, Server]) -> None:
    outcomes = play_file(path, twins)
    assert not report(outcomes), report(outcomes)


@pytest.mark.xdist_group("parity")
def test_one_worker_plays_all_cases(request: pytest.FixtureRequest) -> None:
    """Cases depend on those before them, and a runner that does not know groups would not say so."""
    is_alone = os.environ.get("PYTEST_XDIST_WORKER") is None
    assert is_alone or request.node.nodeid.endswith("@parity")


def test_there_are_as_many_pairs_as_promised() -> None:
    assert sum(len(read_cases(path)) for path in FILES) >= 250


def test_known_differences_name_cases_and_have_a_reason() -> None:
    names = [case.name for path in FILES for case in read_cases(path)]
    for row in read_known():
        assert any(map(row.covers, names)), f"no case is called {row.case}"
        assert len(row.why) > 20, row.case
