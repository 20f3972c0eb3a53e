"""The indexes that would serve a filter and a sort better than those there are."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, count

from chalicelib.filters.access import Access, BySlot, Union
from chalicelib.filters.bound import And, Node, Or, having
from chalicelib.filters.facts import EQUAL, START, Facts, facts_of, is_plain
from chalicelib.filters.links import Link, find_links
from chalicelib.filters.plan import make_plan
from chalicelib.filters.slot_choice import NOCASE
from chalicelib.filters.sort import ROWID, Sort
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index, IndexColumn, build_index
from chalicelib.schema.slots import Slot

# No slot has this number: the slot of an index that is only thought of.
IMAGINED = 0
LONGEST_NAME = 60


def suggest_anywhere(node: Node, sort: Sort, collection: Collection, catalog: Catalog) -> str:
    """What to add to the collection, else to one that a path leads to; "" when nothing would help."""
    here = suggest_index(node, sort, collection)
    links = () if here else find_links(node, collection, catalog)
    return here or next(filter(None, (_suggest_for(link, collection, catalog) for link in links)), "")


def _suggest_for(link: Link, collection: Collection, catalog: Catalog) -> str:
    """What a link lacks at either end."""
    there = suggest_anywhere(link.where, Sort(), link.collection, catalog)
    here = suggest_index(having(link.own, "any"), Sort(), collection)
    return "; ".join(filter(None, (there, here)))


def suggest_index(node: Node, sort: Sort, collection: Collection) -> str:
    """The CREATE INDEX statements that would change the plan for the better; "" when none would.

    One that is there and still building needs time, not another one.
    """
    building = {slot.columns for slot in collection.slots if not slot.is_ready and slot.condition is None}
    wanted = [each for each in dict.fromkeys(_wanted_columns(node, sort)) if each not in building]
    used = _used_of(wanted, node, sort, collection)
    while len(fewer := _used_of(used, node, sort, collection)) < len(used):
        used = fewer  # without the others, of which two did as well, one may do alone
    added: list[Index] = []
    for columns in used:
        added.append(_index_on(columns, collection, added))
    return "; ".join(_on_one_line(build_index(index)) for index in added)


def _used_of(
    wanted: Sequence[tuple[IndexColumn, ...]], node: Node, sort: Sort, collection: Collection
) -> list[tuple[IndexColumn, ...]]:
    """Which of these a plan would use, were they indexes."""
    imagined = tuple(Slot(IMAGINED, "", columns) for columns in wanted)
    plan = make_plan(node, sort, replace(collection, slots=(*collection.ready_slots, *imagined)))
    # What narrows the search comes first: with it there may be little left to sort.
    found = _imagined_in(plan.access) or (_imagined_in(plan.otherwise.access) if plan.otherwise else {})
    return list(found)


def _wanted_columns(node: Node, sort: Sort) -> Iterator[tuple[IndexColumn, ...]]:
    """For the tree as a whole, else for each branch of an ``||`` that is all there is to go by."""
    facts = facts_of(node)
    yield from filter(None, (_columns_for(facts, sort), _columns_in_order(facts, sort)))
    parts = node.parts if isinstance(node, And) else (node,)
    for part in parts:
        for branch in part.parts if isinstance(part, Or) else ():
            yield from _wanted_columns(branch, Sort())


def _columns_for(facts: Facts, sort: Sort) -> tuple[IndexColumn, ...]:
    """Columns with known values first, then the one with a range, else what the list is sorted by."""
    equal = [name for name in _known_columns(facts) if name != "id"]
    ranges = {fact.column: fact.kind for fact in facts.known if fact.kind != EQUAL}
    others = {name: kind for name, kind in ranges.items() if name not in (*equal, "id")}
    sorts = [name for name in _sort_columns(sort) if name not in equal]
    if others:
        name = next((name for name in sorts[:1] if name in others), next(iter(others)))
        ending = [IndexColumn(name, NOCASE if others[name] == START else "")]
    else:
        ending = [IndexColumn(name) for name in sorts]
    return (*(IndexColumn(name) for name in equal), *ending)


def _columns_in_order(facts: Facts, sort: Sort) -> tuple[IndexColumn, ...]:
    """Columns with known values, then all that the list is sorted by, whatever has a range."""
    known = [name for name in _known_columns(facts) if name != "id"]
    sorts = [name for name in _sort_columns(sort) if name not in known]
    return tuple(IndexColumn(name) for name in (*known, *sorts)) if sorts else ()


def _known_columns(facts: Facts) -> list[str]:
    return list(dict.fromkeys(fact.column for fact in facts.known if fact.kind == EQUAL))


def _sort_columns(sort: Sort) -> list[str]:
    """The columns that an index would have to go on with; it ends with the rowid by itself."""
    orders = sort.orders[:-1] if sort.orders and sort.orders[-1].name == ROWID else sort.orders
    return [order.name for order in orders] if all(is_plain(order.operand) for order in orders) else []


def _imagined_in(access: Access) -> dict[tuple[IndexColumn, ...], None]:
    return dict.fromkeys(slot.columns for slot in _slots_of(access) if slot.number == IMAGINED)


def _slots_of(access: Access) -> Iterator[Slot]:
    if isinstance(access, Union):
        for part in access.parts:
            yield from _slots_of(part)
    elif isinstance(access, BySlot):
        yield access.slot


def _index_on(columns: tuple[IndexColumn, ...], collection: Collection, added: Sequence[Index]) -> Index:
    names = "_".join(column.name for column in columns)
    name = f"idx_{collection.name}_{names}"[:LONGEST_NAME]
    taken = {index.name for index in (*collection.indexes, *added)}
    numbered = (f"{name}_{number}" for number in count(2))
    free = next(each for each in chain((name,), numbered) if each not in taken)
    return Index(free, columns=columns, table=collection.name)


def _on_one_line(statement: str) -> str:
    return statement.replace("(\n  ", "(").replace(",\n  ", ", ").replace("\n)", ")")
