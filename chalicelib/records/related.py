"""Records that a filter, a rule or an expand reaches from others: cached and batched for one request."""

from collections.abc import Iterable, Sequence

from chalicelib.collections.load import get_catalog
from chalicelib.config import get_config
from chalicelib.filters import ALWAYS, InInsertionOrder, Plan, Sort, Trials
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record
from chalicelib.storage.budget import Budget
from chalicelib.storage.records import find_everywhere, read

WHOLE = Plan(InInsertionOrder(), ALWAYS, Sort(), in_order=True)


class RelatedRecords:
    """The RecordSource of one request. Every record that it reads comes off the request's budget."""

    def __init__(self, catalog: Catalog | None = None, budget: Budget | None = None) -> None:
        self._catalog = catalog if catalog is not None else get_catalog()
        self.budget = budget or Budget(get_config().query_budget)
        self.trials = Trials()
        self._by_id: dict[tuple[str, str], Record | None] = {}
        self._everything: dict[str, list[Record]] = {}
        self._referring: dict[tuple[str, str], dict[str, list[Record]]] = {}

    @property
    def catalog(self) -> Catalog:
        """All collections."""
        return self._catalog

    def by_ids(self, collection: Collection, ids: Sequence[str]) -> Sequence[Record]:
        """The records that exist among these ids, each once, in the ids' order."""
        wanted = dict.fromkeys((collection.space, record_id) for record_id in ids if record_id)
        self.fetch([(collection, record_id) for _, record_id in wanted])
        return [record for key in wanted if (record := self._by_id[key]) is not None]

    def fetch(self, wanted: Sequence[tuple[Collection, str]]) -> None:
        """Read these records, of any collections, at once: `by_ids` then finds them without another call."""
        unknown = [
            (collection, record_id)
            for collection, record_id in wanted
            if record_id and (collection.space, record_id) not in self._by_id
        ]
        if not unknown:
            return
        self.budget.spend(len(unknown))
        found = find_everywhere(unknown)
        self._by_id |= {(collection.space, record_id): None for collection, record_id in unknown}
        self._by_id |= {(record.collection.space, record.id): record for record in found}

    def referring(self, collection: Collection, field: str, ids: Sequence[str]) -> Sequence[Record]:
        """The records of `collection` whose relation `field` holds any of these ids, in insertion order."""
        by_id = self._references(collection, field)
        found = {record.id: record for wanted in dict.fromkeys(ids) for record in by_id.get(wanted, ())}
        return sorted(found.values(), key=lambda record: record.rowid)

    def everything(self, collection: Collection) -> Iterable[Record]:
        """All records of a collection, in insertion order."""
        if collection.space not in self._everything:
            self._everything[collection.space] = list(read(collection, WHOLE, self.budget))
        return self._everything[collection.space]

    def _references(self, collection: Collection, field: str) -> dict[str, list[Record]]:
        """Who refers to which id. Reads the whole referring collection: relations have no index yet."""
        key = (collection.space, field)
        if key not in self._referring:
            found: dict[str, list[Record]] = {}
            for record in self.everything(collection):
                for target in ids_in(record, field):
                    found.setdefault(target, []).append(record)
            self._referring[key] = found
        return self._referring[key]


def ids_in(record: Record, field: str) -> list[str]:
    """The ids that a relation holds.

    >>> ids_in(Record(None, {"author": "a1", "tags": ["t1", "t2"]}), "tags")
    ['t1', 't2']
    >>> ids_in(Record(None, {"author": "", "tags": []}), "author")
    []
    """
    value = record.get(field)
    return list(value) if isinstance(value, list) else [value] if value else []
