"""Where the records are that still name deleted ones: one trail for each place to look at.

A trail is read from a place on, so that whoever stops on it can go on later. Its name tells it, and the order
in which it is read, from all others: a place on a trail that is no longer there means to start anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from chalicelib.filters import WHOLE, InInsertionOrder, Node, Place, Plan, Sort, all_of, having, make_plan
from chalicelib.frozen import dataclass
from chalicelib.records.reach import attached_collections, referring_fields
from chalicelib.records.related import ids_in
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields.relation import RelationField
from chalicelib.schema.record import Record
from chalicelib.storage.places import find_place, name_access
from chalicelib.storage.records import read

# How many records are dealt with at a time. Where a trail is for many ids, each may need a place beside them.
PORTION = 90
PORTION_OF_MANY = 40


@dataclass(frozen=True)
class Trail:
    """The records of `holder` that may name these ids of `owner`: in a relation, or hanging on them."""

    holder: Collection
    relation: RelationField | None
    owner: Collection
    ids: tuple[str, ...]
    plan: Plan

    @property
    def name(self) -> list[str]:
        """What tells it from all others, and from itself read in another order."""
        field = self.relation.id if self.relation else ""
        ids = self.ids[0] if len(self.ids) == 1 else ""
        return [self.holder.space, field, ids, *name_access(self.holder, self.plan.access)]

    def named_by(self, record: Record) -> list[str]:
        """Which of the ids a record names. One that is gone itself, which a list still has, is left alone."""
        if self.holder.space == self.owner.space and record.id in self.ids:
            return []
        if self.relation:
            return [each for each in ids_in(record, self.relation.name) if each in self.ids]
        is_here = record.get("collectionRef") == self.owner.id and record.get("recordRef") in self.ids
        return [str(record.get("recordRef"))] if is_here else []


def find_trails(owner: Collection, ids: Sequence[str], catalog: Catalog) -> Iterator[Trail]:
    """All there are, in an order that stays when collections and fields get other names."""
    places: list[tuple[Collection, RelationField | None]] = [
        *((each, None) for each in attached_collections(owner, catalog)),
        *referring_fields(owner, catalog),
    ]
    for holder, relation in sorted(places, key=_order):
        yield from _trails_in(Trail(holder, relation, owner, tuple(ids), WHOLE))


def read_portions(trail: Trail, after: Place | None) -> Iterator[tuple[list[Record], Place | None]]:
    """What is on a trail from a place on, some at a time, with the place behind them if that can be told."""
    size = PORTION if len(trail.ids) == 1 else PORTION_OF_MANY
    records = read(trail.holder, replace(trail.plan, after=after), None, size)
    while portion := list(islice(records, size)):
        yield portion, find_place(portion[-1], trail.plan.access)


def _order(place: tuple[Collection, RelationField | None]) -> tuple[str, str]:
    holder, relation = place
    return holder.space, relation.id if relation else ""


def _trails_in(whole: Trail) -> Iterator[Trail]:
    """A trail for each id where an index leads to it, else one for all of them."""
    single = [replace(whole, ids=(each,), plan=_plan(whole, each)) for each in whole.ids]
    is_served = not any(isinstance(each.plan.access, InInsertionOrder) for each in single)
    yield from single if is_served else [whole]


def _plan(trail: Trail, gone: str) -> Plan:
    return make_plan(_naming(trail, gone), Sort(), trail.holder)


def _naming(trail: Trail, gone: str) -> Node:
    fields = trail.holder.field_by_name
    if trail.relation:
        return having(fields[trail.relation.name], gone)
    owner = {"collectionRef": trail.owner.id, "recordRef": gone}
    return all_of(having(fields[name], value) for name, value in owner.items())
