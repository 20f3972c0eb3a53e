"""What a tree asks of records in other collections that decides a column of the record itself.

``author.email = 'x'`` says that `author` is the id of a record with that e-mail;
``@collection.members.user ?= 'me' && @collection.members.team ?= team`` that `team` is a team of mine. Once
those records are found, their values are a condition on this collection.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.filters.bound import And, Column, Condition, Constant, Node, Operand, all_of
from chalicelib.filters.compare import TEXT
from chalicelib.filters.facts import find_fact, is_plain
from chalicelib.filters.joins import ROOT, Every, Join, Related
from chalicelib.filters.read import affinity_of
from chalicelib.schema.catalog import Catalog
from chalicelib.schema.collection import Collection
from chalicelib.schema.fields import Field


@dataclass(frozen=True)
class Link:
    """The record has in `own` what a record of `collection` that satisfies `where` has in `theirs`."""

    collection: Collection
    where: Node
    theirs: Field
    own: Field


def find_links(node: Node, collection: Collection, catalog: Catalog) -> Iterator[Link]:
    """The links that follow from a tree: each part of a conjunction holds for the same other record."""
    parts = node.parts if isinstance(node, And) else (node,)
    tests = [part for part in parts if isinstance(part, Condition)]
    joins = [side.join for test in tests for side in (test.left, test.right) if isinstance(side, Column)]
    for join in dict.fromkeys(joins):
        other = catalog.find(join.collection) if isinstance(join, Every | Related) else None
        where = [asked for test in tests if (asked := _of_other(test, join)) is not None]
        if other is not None and where:
            for theirs, own in _ends_of(join, tests, collection, other):
                yield Link(other, all_of(where), theirs, own)


def _of_other(test: Condition, join: Join) -> Condition | None:
    """A comparison of the other record with a known value, asked of itself; an absent one never passes."""
    moved = replace(test, left=_moved(test.left, join), right=_moved(test.right, join), base=ROOT, shown=())
    if not any(
        isinstance(side, Constant) and side.value not in (None, "") for side in (test.left, test.right)
    ):
        return None
    return moved if moved != replace(test, base=ROOT, shown=()) and find_fact(moved) else None


def _moved(operand: Operand, join: Join) -> Operand:
    return replace(operand, join=ROOT) if isinstance(operand, Column) and operand.join == join else operand


def _ends_of(
    join: Join, tests: Sequence[Condition], collection: Collection, other: Collection
) -> Iterator[tuple[Field, Field]]:
    """The other record's field and the record's own that hold the same."""
    if isinstance(join, Related) and join.parent == ROOT and join.field:
        yield other.field_by_name["id"], collection.field_by_name[join.field]
    for test in tests if isinstance(join, Every) else ():
        for theirs, own in ((test.left, test.right), (test.right, test.left)):
            is_equality = test.operator == "=" and _is_text(_moved(theirs, join)) and _is_text(own)
            if is_equality and isinstance(theirs, Column) and isinstance(own, Column) and theirs.join == join:
                yield theirs.field, own.field


def _is_text(operand: Operand) -> bool:
    return is_plain(operand) and affinity_of(operand) == TEXT
