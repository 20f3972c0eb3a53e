"""Records that a filter, a rule or an expand reaches from others: cached and batched for one request."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from chalicelib.collections.load import get_catalog
from chalicelib.config import get_config
from chalicelib.filters import ALWAYS, InInsertionOrder, Node, Plan, Sort, Trials, having, make_plan, matching
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.record import Record
from chalicelib.storage.budget import Budget
from chalicelib.storage.records import find_everywhere, read

WHOLE = Plan(InInsertionOrder(), ALWAYS, Sort(), in_order=True)
# From how many look-ups on reading a whole collection is the shorter way.
MAX_LOOKUPS = 100


class RelatedRecords:
    """The RecordSource of one request. Every record that it reads comes off the request's budget."""

    def __init__(self, catalog: Catalog | None = None, budget: Budget | None = None) -> None:
        self._catalog = catalog if catalog is not None else get_catalog()
        self.budget = budget or Budget(get_config().query_budget)
        self.trials = Trials()
        self._by_id: dict[tuple[str, str], Record | None] = {}
        self._everything: dict[str, list[Record]] = {}
        self._referring: dict[tuple[str, str], dict[str, Sequence[Record]]] = {}
        self._equal: dict[tuple[str, Node], Sequence[Record]] = {}

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
        by_id = self._references(collection, collection.field_by_name[field], ids)
        found = {record.id: record for wanted in dict.fromkeys(ids) for record in by_id.get(wanted, ())}
        return sorted(found.values(), key=lambda record: record.rowid)

    def find_referring(
        self, collection: Collection, field: str, record_id: str, most: int | None
    ) -> Sequence[Record] | None:
        """Who refers to one id, in insertion order; None when an index has more than `most` that do."""
        node = having(collection.field_by_name[field], record_id)
        plan = make_plan(node, Sort(), collection)
        if most is None or isinstance(plan.access, InInsertionOrder):
            return self.referring(collection, field, [record_id])
        found = self.find_few(collection, plan, most)
        return found if found is None else sorted(found, key=lambda record: record.rowid)

    def equal(self, collection: Collection, field: str, value: str) -> Sequence[Record] | None:
        """The records whose field holds this text, in insertion order; None when only reading all tells."""
        node = having(collection.field_by_name[field], value)
        key = (collection.space, node)
        if key not in self._equal:
            plan = make_plan(node, Sort(), collection)
            if isinstance(plan.access, InInsertionOrder) or len(self._equal) >= MAX_LOOKUPS:
                return None
            self._equal[key] = self._find(plan, collection)
        return self._equal[key]

    def look_up(self, collection: Collection, node: Node) -> Sequence[Record]:
        """The records that satisfy a tree, in insertion order: through an index if one serves it."""
        plan = make_plan(node, Sort(), collection)
        if isinstance(plan.access, InInsertionOrder):
            return list(matching(node, self.everything(collection), self))
        return self._find(plan, collection)

    def find_few(self, collection: Collection, plan: Plan, most: int) -> Sequence[Record] | None:
        """The records that a plan is for, if no more than `most` have to be read to find them."""
        found = list(islice(read(collection, plan, self.budget, most + 1), most + 1))
        return list(matching(plan.rest, found, self)) if len(found) <= most else None

    def everything(self, collection: Collection) -> Iterable[Record]:
        """All records of a collection, in insertion order."""
        if collection.space not in self._everything:
            self._everything[collection.space] = list(read(collection, WHOLE, self.budget))
        return self._everything[collection.space]

    def _references(
        self, collection: Collection, field: Field, ids: Sequence[str]
    ) -> Mapping[str, Sequence[Record]]:
        """Who refers to which of these ids, by look-ups; many ids, or no index: by reading all that refer."""
        known = self._referring.setdefault((collection.space, field.name), {})
        unknown = [each for each in dict.fromkeys(ids) if each and each not in known]
        plans = {each: make_plan(having(field, each), Sort(), collection) for each in unknown[:MAX_LOOKUPS]}
        is_served = not any(isinstance(plan.access, InInsertionOrder) for plan in plans.values())
        if is_served and len(unknown) <= MAX_LOOKUPS and collection.space not in self._everything:
            known |= {each: self._find(plan, collection) for each, plan in plans.items()}
            return known
        known |= self._all_references(collection, field, unknown)
        return known

    def _all_references(
        self, collection: Collection, field: Field, ids: Sequence[str]
    ) -> Mapping[str, Sequence[Record]]:
        found: dict[str, list[Record]] = {each: [] for each in ids}
        for record in self.everything(collection) if ids else ():
            for target in ids_in(record, field.name):
                found.setdefault(target, []).append(record)
        return found

    def _find(self, plan: Plan, collection: Collection) -> Sequence[Record]:
        found = matching(plan.rest, read(collection, plan, self.budget), self)
        return sorted(found, key=lambda record: record.rowid)


def ids_in(record: Record, field: str) -> list[str]:
    """The ids that a relation holds.

    >>> ids_in(Record(None, {"author": "a1", "tags": ["t1", "t2"]}), "tags")
    ['t1', 't2']
    >>> ids_in(Record(None, {"author": "", "tags": []}), "author")
    []
    """
    value = record.get(field)
    return list(value) if isinstance(value, list) else [value] if value else []
