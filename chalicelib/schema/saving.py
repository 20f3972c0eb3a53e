"""A definition on its way to be saved, beside what it replaces and what else there is."""

from collections.abc import Callable

from chalicelib.frozen import dataclass
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.problems import Problem


@dataclass(frozen=True)
class Saving:
    """The new definition, the one it replaces (None for a new one), and all collections as they will be.

    `is_import`: all of it is written before it is checked, so a new collection is already there for itself.
    `explain_rule` says what is wrong with a rule of a collection: the rule language is another package's.
    """

    new: Collection
    old: Collection | None
    catalog: Catalog
    explain_rule: Callable[[str, Collection, Catalog], str]
    is_import: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the collection exists while it is checked."""
        return self.old is not None or self.is_import

    def check_rule(self, rule: str | None) -> Problem | None:
        """What is wrong with a rule; None (superusers only) and "" (anyone) are always right."""
        reason = self.explain_rule(rule, self.new, self.catalog) if rule else ""
        return Problem("validation_invalid_rule", f"Invalid rule. Raw error: {reason}.") if reason else None

    def others(self) -> tuple[Collection, ...]:
        """All collections but this one."""
        return tuple(each for each in self.catalog if each.id != self.new.id)
