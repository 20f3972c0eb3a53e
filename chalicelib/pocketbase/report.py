"""What an import could not carry: the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass, field

TOLD = 20
LONGEST = 500


@dataclass
class Report:
    """What is to be told: what concerns everybody, then records and files one by one, then the rest.

    `lost` has the names of the collections that are not carried at all.
    """

    first: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    lost: Sequence[str] = ()

    @property
    def lines(self) -> list[str]:
        """All of it."""
        return [*self.first, *self.records, *self.rest]

    def shortened(self) -> list[str]:
        """As much as somebody reads."""
        lines = [each[:LONGEST] for each in self.lines[: TOLD + 1]]
        left = len(self.lines) - TOLD
        return lines if left <= 1 else [*lines[:TOLD], f"... and {left} more."]
