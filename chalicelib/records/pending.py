"""What is decided on and not written yet: one change for each record, and records as they will be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.transactions import Change, Create, Delete, Update, after_of, before_of

# A record as it is stored and as it will be; None where there is none.
Sides: TypeAlias = tuple[Record | None, Record | None]


@dataclass
class Pending:
    """The changes of one request, which are going to be written together.

    `is_of_several`: it decides several times, and each time counts on how the others leave things.
    """

    is_of_several: bool = False
    _by_space: dict[str, dict[str, Sides]] = field(default_factory=dict)

    def add(self, changes: Iterable[Change]) -> None:
        """Take changes up; those of a record that has changed already go on from there."""
        for change in changes:
            before, after = before_of(change), after_of(change)
            record = after or before
            if record is None:
                raise ValueError("a record is needed")
            known = self._by_space.setdefault(record.collection.space, {})
            stored = known[record.id][0] if record.id in known else before
            known[record.id] = stored, after

    def changed(self, collection: Collection) -> Mapping[str, Record | None]:
        """The records of a collection that have changed, as they will be; None: it is gone."""
        known = self._by_space.get(collection.space, {})
        return {record_id: after for record_id, (_, after) in known.items()}

    def changes(self) -> list[Change]:
        """What to write. Who came and went is nothing."""
        sides = [each for known in self._by_space.values() for each in known.values()]
        return [change for before, after in sides if (change := _change(before, after))]


def _change(before: Record | None, after: Record | None) -> Change | None:
    if before and after:
        return Update(before, after)
    if after:
        return Create(after)
    return Delete(before) if before else None
