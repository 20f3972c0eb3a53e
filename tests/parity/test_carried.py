"""A directory that was brought to Quoll and back: every case on it gives what it gives on the original.

The directory is made by the real PocketBase and imported by the command, and exported by the command.
"""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.parity.cases import FOLDER
from tests.parity.known import read_known
from tests.parity.run import play_file, report
from tests.parity.whole import see_all
from tests.servers import EMAIL, PASSWORD, ROOT, Server, clean_environment, pocketbase, quoll
from tests.services.pocketbase.directory import EXPRESSION, SECOND, Talker, make_directory

FILES = sorted(FOLDER.glob("*.txt"))

pytestmark = [
    pytest.mark.parity,
    pytest.mark.by_hand,
    pytest.mark.xdist_group("carried"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What PocketBase made, with what cases take for granted, and without what no import carries.

    There is one superuser, and the server that mails go to asks for no password. All is of long ago: dates
    near now are alike in comparisons.
    """
    folder = tmp_path_factory.mktemp("original")
    make_directory(folder)
    (folder / "data" / "auxiliary.db").unlink()
    with closing(sqlite3.connect(folder / "data" / "data.db")) as database:
        database.execute("DELETE FROM _superusers WHERE email = ?", [SECOND])
        database.execute("UPDATE _params SET value = json_set(value, '$.smtp.password', '')")
        database.execute("DROP INDEX idx_lower")
        without = "json_remove(indexes, (SELECT fullkey FROM json_each(indexes) WHERE value = ?))"
        database.execute(f"UPDATE _collections SET indexes = {without} WHERE name = 'posts'", [EXPRESSION])
        for (table,) in database.execute("SELECT name FROM _collections WHERE type != 'view'").fetchall():
            _age(database, table)
        _age(database, "_collections")
        database.commit()
    return folder


def _age(database: sqlite3.Connection, table: str) -> None:
    columns = {row[1] for row in database.execute(f"PRAGMA table_info({table})")} & {"created", "updated"}
    for column in columns:
        long_ago = f"replace({column}, substr({column}, 1, 4), '2021')"
        database.execute(f"UPDATE {table} SET {column} = {long_ago} WHERE {column} != ''")


@pytest.fixture(scope="session")
def carried(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """Quoll with the directory, and the directory that it wrote."""
    folder = tmp_path_factory.mktemp("carried")
    with quoll(folder) as server:
        assert import_and_export(folder, original / "data") == ["Logs are not carried."]
        yield server, folder


def import_and_export(folder: Path, data: Path) -> list[str]:
    """Bring a directory to the Quoll of this folder, and write one into the folder; what is not carried."""
    report = folder / "report.txt"
    _command(folder, "import-pocketbase", str(data), "--report", str(report))
    _command(folder, "export-pocketbase", str(folder / "data"))
    return report.read_text().splitlines()


def _command(folder: Path, *words: str) -> str:
    environment = {**clean_environment(), "QUOLL_STATE": str(folder / "state")}
    command = [sys.executable, "-m", "dev.command", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def there_and_back(
    original: Path, carried: tuple[Server, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Server]]:
    """The real server on the original, and on what came back."""
    with (
        _on_original(original, tmp_path_factory) as real,
        pocketbase(carried[1], has_superuser=True) as other,
    ):
        yield real, other


@pytest.fixture(scope="session")
def there(
    original: Path, carried: tuple[Server, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Server]]:
    """The real server on the original, and Quoll after the import."""
    with _on_original(original, tmp_path_factory) as real:
        yield real, carried[0]


@contextmanager
def _on_original(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(original, folder, dirs_exist_ok=True)
    with pocketbase(folder, has_superuser=True) as server:
        yield server


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_came_back_is_what_went(path: Path, there_and_back: tuple[Server, Server]) -> None:
    outcomes = play_file(path, there_and_back)
    assert not report(outcomes), report(outcomes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_quoll_answers_as_pocketbase_does(path: Path, there: tuple[Server, Server]) -> None:
    outcomes = play_file(path, there, read_known())
    assert not report(outcomes), report(outcomes)


# What no import carries of what the cases leave behind.
LOST = (
    "col_index13: an index is not carried: CREATE INDEX idx_col_13 ON col_index13 (lower(a))",
    "sc_other: viewRule is now for superusers only",
    "Logs are not carried.",
)


def test_all_that_was_played_there_goes_both_ways(there: tuple[Server, Server], tmp_path: Path) -> None:
    """Whoever signed in before is signed in everywhere."""
    real, folder = there[0], tmp_path / "quoll"
    token = Talker(real).sign_in("_superusers", EMAIL, PASSWORD)
    seen = see_all(real, token)
    with quoll(folder) as server:
        told = import_and_export(folder, real.log.parent / "data")
        assert [line for line in told if not line.startswith(LOST)] == []
        assert _differing(seen, see_all(server, token)) == {"col_index13", "sc_other"}
    with pocketbase(folder, has_superuser=True) as server:
        assert _differing(seen, see_all(server, token)) == {"col_index13", "sc_other"}


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """The places at which two servers do not show the same: collections by their names."""
    places = {place for place in one | other if one.get(place) != other.get(place)}
    return {one[place]["name"] if place in one and place.count("/") == 3 else place for place in places}
