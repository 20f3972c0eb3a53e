"""What a tree asks of records in other collections that decides a column of the record itself.

``author.email = 'x'`` says that `author` is the id of a record with that e-mail, ``tags.name ?= 'x'`` that
`tags` holds the id of one with that name, ``comments_via_post.by ?= 'x'`` that the record's own id is in the
`post` of a comment by x; ``@collection.members.user ?= 'me' && @collection.members.team ?= team`` that
`team` is a team of mine. Once those records are found, their values are a condition on this collection.

``author.company.name = 'x'`` is a link to authors whose ``company.name = 'x'``, which is a link itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chalicelib.filters.bound import And, Column, Condition, Constant, Node, Operand, all_of
from chalicelib.filters.compare import TEXT
from chalicelib.filters.facts import find_fact, is_plain
from chalicelib.filters.joins import ROOT, Elements, Every, Join, Referring, Related, Root, chain_of
from chalicelib.filters.read import affinity_of
from chalicelib.frozen import dataclass
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
    sides = [side for test in tests for side in (test.left, test.right)]
    firsts = [first for side in sides if (first := _first_record(side)) is not None]
    for join in dict.fromkeys(firsts):
        other = catalog.find(join.collection)
        where = [asked for test in tests if (asked := _of_other(test, join)) is not None]
        if other is not None and where:
            for theirs, own in _ends_of(join, tests, collection, other):
                yield Link(other, all_of(where), theirs, own)


def _first_record(operand: Operand) -> Related | Referring | Every | None:
    """The first record of another collection on the way to a column."""
    chain = chain_of(operand.join) if isinstance(operand, Column) else ()
    return next((step for step in chain if isinstance(step, Related | Referring | Every)), None)


def _of_other(test: Condition, join: Join) -> Condition | None:
    """A comparison of the other record with a known value, asked of itself; an absent one never passes."""
    sides = (test.left, test.right)
    if not any(isinstance(side, Constant) and side.value not in (None, "") for side in sides):
        return None
    left, right = (_moved(side, join) for side in sides)
    if (left, right) == sides or not all(map(_is_single, (left, right))):
        return None
    moved = Condition(left, test.operator, right, test.any_match)
    here = replace(moved, left=_at_root(left), right=_at_root(right))
    return moved if find_fact(here) else None


def _moved(operand: Operand, join: Join) -> Operand:
    """A column that is reached through a record, as that record reaches it."""
    if not isinstance(operand, Column) or join not in chain_of(operand.join):
        return operand
    return replace(operand, join=_seen_from(join, operand.join))


def _seen_from(start: Join, join: Join) -> Join:
    if join == start:
        return ROOT
    if isinstance(join, Related | Elements | Referring):
        return replace(join, parent=_seen_from(start, join.parent))
    return join


def _is_single(operand: Operand) -> bool:
    """Whether the record has one value for it: its own, or one over single relations."""
    steps = chain_of(operand.join) if isinstance(operand, Column) else ()
    return all(isinstance(step, Related) and step.field for step in steps)


def _at_root(operand: Operand) -> Operand:
    return replace(operand, join=ROOT) if isinstance(operand, Column) else operand


def _ends_of(
    join: Related | Referring | Every, tests: Sequence[Condition], collection: Collection, other: Collection
) -> Iterator[tuple[Field, Field]]:
    """The other record's field and the record's own that hold the same."""
    if isinstance(join, Every):
        yield from _equal_ends(join, tests)
    elif isinstance(join, Referring):
        if isinstance(join.parent, Root):
            yield other.field_by_name[join.field], collection.field_by_name["id"]
    elif (name := _own_field(join)) is not None:
        yield other.field_by_name["id"], collection.field_by_name[name]


def _own_field(join: Related) -> str | None:
    """The record's own field that holds the id; None when another record holds it."""
    holder = join if join.field else join.parent
    is_own = isinstance(holder, Related | Elements) and isinstance(holder.parent, Root)
    return holder.field if is_own and isinstance(holder, Related | Elements) else None


def _equal_ends(join: Every, tests: Sequence[Condition]) -> Iterator[tuple[Field, Field]]:
    for test in tests:
        for theirs, own in ((test.left, test.right), (test.right, test.left)):
            is_equality = test.operator == "=" and _is_text(_moved(theirs, join)) and _is_text(own)
            if is_equality and isinstance(theirs, Column) and isinstance(own, Column) and theirs.join == join:
                yield theirs.field, own.field


def _is_text(operand: Operand) -> bool:
    return is_plain(operand) and affinity_of(operand) == TEXT
