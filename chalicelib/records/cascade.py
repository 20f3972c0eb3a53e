"""What deleting records comes to: references are deleted with them or lose the id, as their fields say.

Decides only. References are followed as PocketBase follows them, depth first, collections by name and fields
in their order: a required reference stops it unless a cascade has deleted its record before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from typing import TypeAlias

from chalicelib.frozen import dataclass
from chalicelib.records.attached import find_attached
from chalicelib.records.reach import referring_fields
from chalicelib.records.related import RelatedRecords, ids_in
from chalicelib.records.save import renewed
from chalicelib.schema.completion import ATTACHED
from chalicelib.schema.fields.relation import RelationField
from chalicelib.schema.record import Record
from chalicelib.storage.transactions import Change, Delete, Update

Key: TypeAlias = tuple[str, str]


class RequiredReference(Exception):
    """A record that stays requires one that is to be deleted."""


class PastTransaction(Exception):
    """More records go or change than one transaction can hold."""


@dataclass(frozen=True)
class Reference:
    """A record that names a deleted one: in a relation, or as what hangs on it (no field)."""

    record: Record
    field: RelationField | None
    gone: str


@dataclass
class Removal:
    """What has been decided so far: records to remove, and others before and after they lose references.

    `most`: how many of both are of interest; None to go on to the end.
    """

    related: RelatedRecords
    most: int | None = None
    removed: dict[Key, Record] = field(default_factory=dict)
    changed: dict[Key, tuple[Record, Record]] = field(default_factory=dict)

    def remove(self, root: Record) -> None:
        """Decide on one record and all that follows. Raises RequiredReference, PastTransaction."""
        if _key(root) in self.removed:
            return
        waiting = [self._references(root)]
        while waiting:
            reference = next(waiting[-1], None)
            if reference is None:
                waiting.pop()
            elif self._goes_too(reference):
                waiting.append(self._references(reference.record))
            if self.most is not None and len(self.removed) + len(self.changed) > self.most:
                raise PastTransaction

    def changes(self) -> list[Change]:
        """What to write: references first."""
        updates = [Update(before, renewed(before, after)) for before, after in self.changed.values()]
        return [*updates, *(Delete(record) for record in self.removed.values())]

    def _references(self, record: Record) -> Iterator[Reference]:
        """Who names the record, now that it is removed; each as the decisions so far leave it."""
        self.removed[_key(record)] = self.changed.pop(_key(record), (record, record))[0]
        if record.collection.is_auth:
            for each in find_attached(record, ATTACHED, self.related):
                yield Reference(each, None, record.id)
        for collection, relation in referring_fields(record.collection, self.related.catalog):
            few = self.related.find_referring(collection, relation.name, record.id, self.most)
            if few is None:
                raise PastTransaction
            for found in few:
                current = self.changed.get(_key(found), (found, found))[1]
                if _key(found) not in self.removed and record.id in ids_in(current, relation.name):
                    yield Reference(current, relation, record.id)

    def _goes_too(self, reference: Reference) -> bool:
        """Whether the referring record is to be removed; otherwise it loses the id."""
        record, relation = reference.record, reference.field
        if relation is None:
            return _key(record) not in self.removed
        left = [each for each in ids_in(record, relation.name) if each != reference.gone]
        if relation.cascade_delete and not left:
            return True
        if relation.required and not left:
            raise RequiredReference(f"{record.collection.name}/{record.id} requires {reference.gone}")
        before = self.changed.get(_key(record), (record, record))[0]
        value = left if relation.is_multiple else "".join(left)
        self.changed[_key(record)] = before, replace(record, values={**record.values, relation.name: value})
        return False


def plan_removal(records: Iterable[Record], related: RelatedRecords, most: int | None = None) -> list[Change]:
    """All that has to be written to delete these records. Raises RequiredReference.

    Given `most`, it stops as soon as more records than that go or change: PastTransaction.
    """
    removal = Removal(related, most)
    for record in records:
        removal.remove(record)
    return removal.changes()


def _key(record: Record) -> Key:
    return record.collection.space, record.id
