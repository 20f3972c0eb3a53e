"""The differences that must stay, read from docs/differences-from-pocketbase.md.

Its tables with the header ``| Case | Differs | Why |`` are what the runner goes by: a pattern of case names,
the paths that differ (patterns, separated by commas), and the reason.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.servers import ROOT

DOCUMENT = ROOT / "docs" / "differences-from-pocketbase.md"
HEADER = ["Case", "Differs", "Why"]


@dataclass(frozen=True)
class Known:
    """One row: these cases differ at these paths, for this reason."""

    case: str
    paths: tuple[str, ...]
    why: str

    def covers(self, name: str) -> bool:
        return fnmatchcase(name, self.case)

    def explains(self, path: str) -> bool:
        return any(fnmatchcase(path, pattern) for pattern in self.paths)


def read_known(document: Path = DOCUMENT) -> list[Known]:
    """Every row of the document's tables of differences."""
    return list(_rows(document.read_text().splitlines())) if document.exists() else []


def _rows(lines: Iterable[str]) -> Iterator[Known]:
    inside = False
    for line in lines:
        cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells == HEADER:
            inside = True
        elif inside and not set(line) <= set("|-: "):
            case, paths, why = cells
            yield Known(case, tuple(path.strip(" `") for path in paths.split(",")), why)
