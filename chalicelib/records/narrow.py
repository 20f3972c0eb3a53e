"""Plans that use other collections' indexes: what is found there becomes a condition here."""

from collections.abc import Sequence

from chalicelib.filters import Node, Plan, Sort, all_of, any_of, having, make_plan
from chalicelib.filters.access import Access, BySlot, InInsertionOrder
from chalicelib.filters.links import Link, find_links
from chalicelib.filters.plan import MAX_PARTS
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.collection import Collection


def choose_plan(node: Node, sort: Sort, collection: Collection, related: RelatedRecords) -> Plan:
    """The cheapest plan, a few look-ups in other collections included where only these narrow the search."""
    plan = make_plan(node, sort, collection)
    if _narrows(plan.access):
        return plan
    for link in find_links(node, collection, related.catalog):
        if _is_served(link, collection) and (values := _find_values(link, related)) is not None:
            found = any_of(having(link.own, value) for value in values)
            return make_plan(all_of((node, found)), sort, collection)
    return plan


def _narrows(access: Access) -> bool:
    """Whether it reads no more than what some values lead to."""
    is_open = isinstance(access, BySlot) and not access.equal
    return not (is_open or isinstance(access, InInsertionOrder))


def _is_served(link: Link, collection: Collection) -> bool:
    """Whether indexes serve both ends, the other collection's and this one's."""
    there = make_plan(link.where, Sort(), link.collection)
    here = make_plan(having(link.own, "any"), Sort(), collection)
    return _narrows(there.access) and _narrows(here.access)


def _find_values(link: Link, related: RelatedRecords) -> Sequence[str] | None:
    """What the linked records hold; None when they are many."""
    records = related.find_few(link.collection, link.where, MAX_PARTS)
    if records is None:
        return None
    return list(dict.fromkeys(str(record.get(link.theirs.name)) for record in records))
