"""Which way to read a collection for a filter and a sort. Decides only; storage does the reading.

The first way that there is narrows the search most (ways.py). Where it does not give the order that is asked
for, and another one does, the plan has both: how much the first finds is not known before it is read.
"""

from dataclasses import replace
from typing import Optional

from chalicelib.filters.access import Access, ByEdge, BySlot, InInsertionOrder, Place, Union
from chalicelib.filters.bound import ALWAYS, Column, Node, both
from chalicelib.filters.direct_ways import Way
from chalicelib.filters.facts import facts_of
from chalicelib.filters.joins import ROOT
from chalicelib.filters.slot_choice import choose_ordered
from chalicelib.filters.sort import ROWID, Order, Sort
from chalicelib.filters.ways import WAYS, first_way, way_of
from chalicelib.frozen import dataclass
from chalicelib.schema.collection import Collection


@dataclass(frozen=True)
class Plan:
    """How to read: what to fetch and what is left to test on each record.

    `sort` is what to put the found records in order by, unless `in_order` says that they come so. `is_all`
    says that nearly everything that is read will match: so much has to be read as is wanted. `after` is the
    place in an ordered access to go on from. `otherwise` is how to read when the access finds too much to
    be put in order: in order, from the beginning.
    """

    access: Access
    rest: Node
    sort: Sort
    in_order: bool
    is_all: bool = False
    after: Place | None = None
    otherwise: Optional["Plan"] = None


# All that there is, from the beginning.
WHOLE = Plan(InInsertionOrder(), ALWAYS, Sort(), in_order=True)


def make_plan(node: Node, sort: Sort, collection: Collection) -> Plan:
    """The cheapest access that finds every record the tree can match."""
    node = both(node, sort.where)
    sort = replace(sort, where=node)
    ordered = _way_in_order(node, sort, collection)
    way = first_way(WAYS, node, sort, collection) or ordered or Way(InInsertionOrder())
    plan = _plan_of(way, node, sort)
    if ordered is None or plan.in_order or not isinstance(plan.access, BySlot | ByEdge | Union):
        return plan
    sorted_alike = replace(sort, orders=(*sort.orders, *_ties_in(ordered.access, collection)))
    return replace(plan, sort=sorted_alike, otherwise=_plan_of(ordered, node, sort))


def _ties_in(access: Access, collection: Collection) -> tuple[Order, ...]:
    """How a slot goes on where a sort does not decide: pages that are read in either way fit together."""
    if not isinstance(access, BySlot):
        return ()
    names = access.slot.column_names[len(access.equal) :]
    columns = [Column(ROOT, collection.field_by_name[name]) for name in names]
    keys = (Order(column.field.name, access.backwards, column) for column in columns)
    return (*keys, Order(ROWID, access.backwards))


def _plan_of(way: Way, node: Node, sort: Sort) -> Plan:
    return Plan(way.access, node, sort, way.in_order, way.is_all)


def _way_in_order(node: Node, sort: Sort, collection: Collection) -> Way | None:
    """The best way that needs no sorting, however little it narrows the search."""
    if sort.is_insertion_order:
        return Way(InInsertionOrder(sort.is_backwards), in_order=True, is_all=node == ALWAYS)
    choice = choose_ordered(facts_of(node), sort, collection)
    return None if choice is None else way_of(choice)
