"""The indexes that would serve a filter and a sort better than those there are."""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.filters.access import Access, BySlot, Union
from chalicelib.filters.bound import And, Node, Or
from chalicelib.filters.facts import EQUAL, START, Facts, facts_of, is_plain
from chalicelib.filters.plan import make_plan
from chalicelib.filters.slot_choice import NOCASE
from chalicelib.filters.sort import Sort
from chalicelib.schema.collection import Collection
from chalicelib.schema.indexes import Index, IndexColumn, build_index
from chalicelib.schema.slots import Slot

# No slot has this number: the slot of an index that is only thought of.
IMAGINED = 0
LONGEST_NAME = 60


def suggest_index(node: Node, sort: Sort, collection: Collection) -> str:
    """The CREATE INDEX statements that would change the plan for the better; "" when none would."""
    wanted = list(dict.fromkeys(_wanted_columns(node, sort)))
    imagined = tuple(Slot(IMAGINED, "", columns) for columns in wanted)
    there = collection.ready_slots
    plan = make_plan(node, sort, replace(collection, slots=(*there, *imagined)))
    used = dict.fromkeys(slot.columns for slot in _slots_of(plan.access) if slot.number == IMAGINED)
    return "; ".join(build_index(_index_on(columns, collection)) for columns in used)


def _wanted_columns(node: Node, sort: Sort) -> Iterator[tuple[IndexColumn, ...]]:
    """For the tree as a whole, else for each branch of an ``||`` that is all there is to go by."""
    columns = _columns_for(facts_of(node), sort)
    if columns:
        yield columns
    parts = node.parts if isinstance(node, And) else (node,)
    for part in parts:
        for branch in part.parts if isinstance(part, Or) else ():
            yield from _wanted_columns(branch, Sort())


def _columns_for(facts: Facts, sort: Sort) -> tuple[IndexColumn, ...]:
    """Columns with known values first, then the one with a range, else what the list is sorted by."""
    equal = [name for name in facts.values if name != "id"]
    ranges = {fact.column: fact.kind for fact in facts.known if fact.kind != EQUAL}
    others = {name: kind for name, kind in ranges.items() if name not in (*equal, "id")}
    sorts = [order.name for order in sort.orders if is_plain(order.operand)]
    sorts = [name for name in sorts if name not in equal] if len(sorts) == len(sort.orders) else []
    if others:
        name = next((name for name in sorts[:1] if name in others), next(iter(others)))
        ending = [IndexColumn(name, NOCASE if others[name] == START else "")]
    else:
        ending = [IndexColumn(name) for name in sorts]
    return (*(IndexColumn(name) for name in equal), *ending)


def _slots_of(access: Access) -> Iterator[Slot]:
    if isinstance(access, Union):
        for part in access.parts:
            yield from _slots_of(part)
    elif isinstance(access, BySlot):
        yield access.slot


def _index_on(columns: tuple[IndexColumn, ...], collection: Collection) -> Index:
    names = "_".join(column.name for column in columns)
    return Index(f"idx_{collection.name}_{names}"[:LONGEST_NAME], columns=columns, table=collection.name)
