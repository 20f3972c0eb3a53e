"""The migrations that are written: files with a number and a name, in the order of their numbers."""

import re
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path

from chalicelib.frozen import dataclass
from chalicelib.migrations.failures import MigrationFailed
from chalicelib.migrations.steps import Steps
from chalicelib.storage.migrations import UP

FOLDER = Path(__file__).parent
NAME = re.compile(r"(\d{4})_[a-z0-9_]+")


@dataclass(frozen=True)
class Migration:
    """A file's name without its ending, and what is in it."""

    name: str
    up: Callable[[], Steps]
    down: Callable[[], Steps]

    @property
    def number(self) -> int:
        """Its place among the others."""
        return int(self.name[:4])

    def steps(self, direction: str) -> Steps:
        """What to do. Raises MigrationFailed when a step could not be told from another."""
        steps = self.up() if direction == UP else self.down()
        words = [step.words for step in steps]
        if repeated := sorted({each for each in words if words.count(each) > 1}):
            raise MigrationFailed(f"{self.name} has two steps that say the same: {repeated[0]}")
        return steps


def find_migrations(folder: Path = FOLDER) -> list[Migration]:
    """All that are written. Raises MigrationFailed for two of one number."""
    files = sorted(each for each in folder.glob("[0-9]*.py"))
    found = [_load(each) for each in files]
    for before, after in pairwise(found):
        if before.number == after.number:
            raise MigrationFailed(f"{before.name} and {after.name} have one number: give the newer another")
    return found


def _load(file: Path) -> Migration:
    if not NAME.fullmatch(file.stem):
        raise MigrationFailed(f"{file.name} should be called like 0001_what_it_does.py")
    spec = spec_from_file_location(f"chalicelib.migrations.{file.stem}", file)
    if spec is None or spec.loader is None:
        raise MigrationFailed(f"{file.name} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    if missing := [each for each in ("up", "down") if not callable(getattr(module, each, None))]:
        raise MigrationFailed(f"{file.name} has no {' and no '.join(missing)}()")
    return Migration(file.stem, module.up, module.down)
