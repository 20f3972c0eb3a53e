"""Plans that use other collections' indexes: what is found there becomes a condition here."""

from collections.abc import Sequence
from itertools import islice

from chalicelib.filters import Node, Plan, Sort, all_of, any_of, having, make_plan
from chalicelib.filters.access import Access, BySlot, InInsertionOrder
from chalicelib.filters.links import Link, find_links
from chalicelib.filters.ways import MAX_PARTS
from chalicelib.records.related import RelatedRecords
from chalicelib.schema.collection import Collection
from chalicelib.schema.record import Record

# How many links of a tree are tried at most: each costs a look-up.
MAX_LINKS = 4


def choose_plan(node: Node, sort: Sort, collection: Collection, related: RelatedRecords) -> Plan:
    """The cheapest plan, a few look-ups in other collections included where only these narrow the search."""
    plan = make_plan(node, sort, collection)
    if _narrows(plan.access):
        return plan
    for link in islice(_served_links(node, collection, related), MAX_LINKS):
        if (values := _find_values(link, related)) is not None:
            found = any_of(having(link.own, value) for value in values)
            return make_plan(all_of((node, found)), sort, collection)
    return plan


def _narrows(access: Access) -> bool:
    """Whether it reads no more than what some values lead to."""
    is_open = isinstance(access, BySlot) and not access.equal
    return not (is_open or isinstance(access, InInsertionOrder))


def _served_links(node: Node, collection: Collection, related: RelatedRecords) -> list[Link]:
    """The links of which indexes serve both ends, the other collection's and this one's."""
    links = find_links(node, collection, related.catalog)
    return [link for link in links if _is_served_here(link, collection) and _is_served_there(link, related)]


def _is_served_here(link: Link, collection: Collection) -> bool:
    return _narrows(make_plan(having(link.own, "any"), Sort(), collection).access)


def _is_served_there(link: Link, related: RelatedRecords) -> bool:
    plan = make_plan(link.where, Sort(), link.collection)
    return _narrows(plan.access) or bool(_served_links(link.where, link.collection, related))


def _find_values(link: Link, related: RelatedRecords) -> Sequence[str] | None:
    """What the linked records hold; None when they are many."""
    plan = choose_plan(link.where, Sort(), link.collection, related)
    records = related.find_few(link.collection, plan, MAX_PARTS) if _narrows(plan.access) else None
    if records is None:
        return None
    values = list(dict.fromkeys(value for each in records for value in _held(each, link.theirs.name)))
    return values if len(values) <= MAX_PARTS else None


def _held(record: Record, name: str) -> Sequence[str]:
    value = record.get(name)
    return value if isinstance(value, list) else [str(value)]
