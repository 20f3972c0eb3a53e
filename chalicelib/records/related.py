"""Records that a filter, a rule or an expand reaches from others: cached and batched for one request.

They are as the request is going to leave them: what it has decided on (pending.py) covers what was read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from chalicelib.collections.load import get_catalog
from chalicelib.config import get_config
from chalicelib.errors import BadRequest
from chalicelib.filters import (
    WHOLE,
    ById,
    InInsertionOrder,
    Node,
    Plan,
    Sort,
    Trials,
    having,
    make_plan,
    matching,
)
from chalicelib.observability.request_log import note_facts
from chalicelib.records.pending import Pending
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field
from chalicelib.schema.indexes import Index
from chalicelib.schema.record import Record
from chalicelib.storage.budget import Budget
from chalicelib.storage.records import find_everywhere, find_holder, find_record, read
from chalicelib.views.failures import SqlFailed
from chalicelib.views.load import Loader

CANNOT_READ = "The view {} cannot be read: {}"
# From how many look-ups on reading a whole collection is the shorter way.
MAX_LOOKUPS = 100


class RelatedRecords:
    """The RecordSource of one request. Every record that it reads comes off the request's budget."""

    def __init__(
        self, catalog: Catalog | None = None, budget: Budget | None = None, *, tells_why: bool = False
    ) -> None:
        """`tells_why`: who asks may know what is wrong with a view, which names what others may not see."""
        self._tells_why = tells_why
        self._catalog = catalog if catalog is not None else get_catalog()
        self.budget = budget or Budget(get_config().query_budget)
        self.trials = Trials()
        self.pending = Pending()
        self._views = Loader(self._catalog, self._everything_stored, self.budget.limit)
        self._by_id: dict[tuple[str, str], Record | None] = {}
        self._everything: dict[str, list[Record]] = {}
        self._referring: dict[tuple[str, str], dict[str, Sequence[Record]]] = {}
        self._equal: dict[tuple[str, Node], Sequence[Record]] = {}

    @property
    def catalog(self) -> Catalog:
        """All collections."""
        return self._catalog

    def find(self, collection: Collection, record_id: str) -> Record | None:
        """One record that the request itself names, if there is one."""
        changed, key = self.pending.changed(collection), (collection.space, record_id)
        if record_id in changed:
            return changed[record_id]
        if key not in self._by_id:
            self._by_id[key] = self._find_one(collection, record_id)
        return self._by_id[key]

    def as_left(self, record: Record) -> Record | None:
        """A record that is known already, as the request has left it so far; None: it is gone."""
        return self.pending.changed(record.collection).get(record.id, record)

    def note_absent(self, record: Record) -> None:
        """Note that there is none of this id, which was just made up."""
        self._by_id.setdefault((record.collection.space, record.id), None)

    def find_other(self, index: Index, record: Record, own: str) -> Record | None:
        """A record that has what this one would hold in a unique index. `own`: whose values do not count."""
        key, changed = index.key_of(record.values), self.pending.changed(record.collection)
        if key is None:
            return None
        others = [each for each in changed.values() if each and each.id != own]
        found = next((each for each in others if index.key_of(each.values) == key), None)
        stored = None if found else find_holder(record.collection, index, key)
        return stored if stored and stored.id not in {*changed, own} else found

    def by_ids(self, collection: Collection, ids: Sequence[str]) -> Sequence[Record]:
        """The records that exist among these ids, each once, in the ids' order."""
        wanted = dict.fromkeys((collection.space, record_id) for record_id in ids if record_id)
        self.fetch([(collection, record_id) for _, record_id in wanted])
        known = {key: self._by_id.get(key) for key in wanted}
        changed = self.pending.changed(collection)
        known |= {key: changed[key[1]] for key in wanted if key[1] in changed}
        return [record for record in known.values() if record is not None]

    def fetch(self, wanted: Sequence[tuple[Collection, str]]) -> None:
        """Read these records, of any collections, at once: `by_ids` then finds them without another call."""
        for view in {each.id: each for each, _ in wanted if each.type == "view"}.values():
            self._everything_stored(view)
        unknown = [
            (collection, record_id)
            for collection, record_id in wanted
            if record_id
            and collection.type != "view"
            and (collection.space, record_id) not in self._by_id
            and record_id not in self.pending.changed(collection)
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
        sought = set(ids)
        in_order = sorted(found.values(), key=lambda record: record.rowid)
        return self._as_left(collection, in_order, lambda each: not sought.isdisjoint(ids_in(each, field)))

    def find_referring(
        self, collection: Collection, field: str, record_id: str, most: int | None
    ) -> Sequence[Record] | None:
        """Who refers to one id, in insertion order; None when an index has more than `most` that do."""
        node = having(collection.field_by_name[field], record_id)
        plan = make_plan(node, Sort(), collection)
        if most is None or isinstance(plan.access, InInsertionOrder):
            return self.referring(collection, field, [record_id])
        found = self.find_few(collection, plan, most)
        if found is None:
            return None
        in_order = sorted(found, key=lambda record: record.rowid)
        return self._as_left(collection, in_order, self._test(node))

    def equal(self, collection: Collection, field: str, value: str) -> Sequence[Record] | None:
        """The records whose field holds this text, in insertion order; None when only reading all tells."""
        node = having(collection.field_by_name[field], value)
        key = (collection.space, node)
        if key not in self._equal:
            plan = make_plan(node, Sort(), collection)
            if isinstance(plan.access, InInsertionOrder) or len(self._equal) >= MAX_LOOKUPS:
                return None
            self._equal[key] = self._find(plan, collection)
        return self._as_left(collection, self._equal[key], self._test(node))

    def look_up(self, collection: Collection, node: Node) -> Sequence[Record]:
        """The records that satisfy a tree, in insertion order: through an index if one serves it."""
        plan = make_plan(node, Sort(), collection)
        if isinstance(plan.access, InInsertionOrder):
            return list(matching(node, self.everything(collection), self))
        return self._as_left(collection, self._find(plan, collection), self._test(node))

    def find_few(self, collection: Collection, plan: Plan, most: int) -> Sequence[Record] | None:
        """The records that a plan is for, if no more than `most` have to be read to find them."""
        found = list(islice(self.read(collection, plan, most + 1), most + 1))
        return list(matching(plan.rest, found, self)) if len(found) <= most else None

    def read(self, collection: Collection, plan: Plan, first: int | None = None) -> Iterator[Record]:
        """What the plan's access finds; of a view, which has no other way, all in its query's order."""
        if collection.type != "view":
            return read(collection, plan, self.budget, first)
        found = self._everything_stored(collection)
        if isinstance(plan.access, ById):
            wanted = set(plan.access.ids)
            return (record for record in found if record.id in wanted)
        is_backwards = isinstance(plan.access, InInsertionOrder) and plan.access.backwards
        return iter(found[::-1] if is_backwards else found)

    def everything(self, collection: Collection) -> Iterable[Record]:
        """All records of a collection, in insertion order."""
        return self._as_left(collection, self._everything_stored(collection), lambda _: True)

    def _everything_stored(self, collection: Collection) -> Sequence[Record]:
        if collection.space not in self._everything:
            found = self._everything[collection.space] = list(self._read_everything(collection))
            if collection.type == "view":
                self._by_id |= {(collection.space, record.id): record for record in reversed(found)}
        return self._everything[collection.space]

    def _read_everything(self, collection: Collection) -> Iterable[Record]:
        if collection.type != "view":
            return read(collection, WHOLE, self.budget)
        try:
            return self._views.read_view(collection)
        except SqlFailed as failed:
            reason = CANNOT_READ.format(collection.name, failed)
            note_facts(view_failure=reason)
            raise BadRequest(reason if self._tells_why else "") from failed

    def _find_one(self, collection: Collection, record_id: str) -> Record | None:
        if collection.type != "view":
            return find_record(collection, record_id)
        self._everything_stored(collection)
        return self._by_id.get((collection.space, record_id))

    def _as_left(
        self, collection: Collection, stored: Sequence[Record], is_wanted: Callable[[Record], bool]
    ) -> Sequence[Record]:
        """Stored records that were found, in insertion order, as the request is going to leave them."""
        changed = self.pending.changed(collection)
        if not changed:
            return stored
        kept = [record for record in stored if record.id not in changed]
        added = [record for record in changed.values() if record and is_wanted(record)]
        return sorted([*kept, *added], key=lambda record: record.rowid)

    def _test(self, node: Node) -> Callable[[Record], bool]:
        return lambda record: any(matching(node, [record], self))

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
        for record in self._everything_stored(collection) if ids else ():
            for target in ids_in(record, field.name):
                found.setdefault(target, []).append(record)
        return found

    def _find(self, plan: Plan, collection: Collection) -> Sequence[Record]:
        found = matching(plan.rest, self.read(collection, plan), self)
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
